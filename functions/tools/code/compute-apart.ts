import { type CompletedOutcome, failure, type ToolContext } from '../tool.ts';
import { callInterpreter } from './call-interpreter.ts';

const TIMEOUT_SECONDS = 10;
/** The limit of `CodeRequest`. */
const MOST_INPUT = 1_000_000;

/**
 * Runs a program of ours on foreign data in the interpreter's process, where a search that never ends or a result that
 * fills the memory stops only this call. Made for work that no limit on its input bounds: a pattern with backtracking,
 * a query language with recursion. A call takes 0.2 s.
 *
 * The program reads its data from the string variable `input`, and its last expression is the text that is returned. It
 * refuses data by throwing a string, which the model reads.
 */
export async function computeApart(
  program: string,
  data: unknown,
  { signal }: Pick<ToolContext, 'signal'>,
): Promise<string | CompletedOutcome> {
  const input = JSON.stringify(data).toWellFormed();
  if (input.length > MOST_INPUT)
    return failure('The text has too many characters that need an escape. Give less of it.');
  const request = { language: 'javascript', code: program, input, timeout_seconds: TIMEOUT_SECONDS } as const;
  const { end } = await callInterpreter(request, signal);
  switch (end.status) {
    case 'completed':
      return end.value ?? '';
    case 'failed':
      return failure(end.error);
    case 'timed_out':
      return failure(`Stopped after ${TIMEOUT_SECONDS} s. Simplify it, or give it less data.`);
    case 'limit_exceeded':
      return failure('Stopped, because it used too much memory. Simplify it, or give it less data.');
    case 'unavailable':
      return failure(`Nothing was computed: ${end.reason}. Try once more.`);
  }
}
