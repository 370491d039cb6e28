import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import { readArguments } from '../../platform/models/dialects/read-arguments.ts';
import type { ToolCallRequest, ToolResult } from '../../platform/models/model.ts';
import type { Page, ToolError } from './read-tool.ts';
import { recordCall, type SearchState } from './search-state.ts';

/** More calls of one turn are refused, and the model is told to repeat them. */
const MOST_CALLS = 8;

/**
 * Runs the calls of one turn concurrently and returns their results in order. An invalid call becomes an error result,
 * which the model reads.
 */
export async function runCalls(
  search: SearchState,
  turn: number,
  calls: readonly ToolCallRequest[],
): Promise<ToolResult[]> {
  const started = calls.map((call, index) => (index < MOST_CALLS ? start(search, turn, call) : TOO_MANY));
  const outcomes = await Promise.all(started.map(({ outcome }) => outcome));
  return calls.map((call, index): ToolResult => {
    const { id, name, arguments: parameters } = call;
    const isRepeat = started[index]?.isRepeat ?? false;
    const outcome = outcomes[index] ?? { error: 'It was not run.' };
    return { id, name, ...recordCall(search, { turn, tool: name, arguments: parameters, isRepeat, outcome }) };
  });
}

interface Started {
  outcome: Page | ToolError | Promise<Page | ToolError>;
  isRepeat: boolean;
}

const TOO_MANY: Started = {
  outcome: { error: `At most ${MOST_CALLS} calls in one turn; ask again for this one.` },
  isRepeat: false,
};

function start({ scope, tools, calls }: SearchState, turn: number, call: ToolCallRequest): Started {
  const refuse = (error: string) => ({ outcome: { error }, isRepeat: false });
  if (call.fault !== undefined) return refuse(call.fault);
  const tool = tools.find(({ name }) => name === call.name);
  if (tool === undefined) {
    return refuse(
      `There is no tool ${cutText(call.name, 100)}. You have: ${tools.map(({ name }) => name).join(', ')}.`,
    );
  }
  const parsed = readArguments(tool.parameters, call.arguments);
  if (!parsed.success)
    return refuse(`The arguments of ${tool.name} are wrong:\n${cutText(z.prettifyError(parsed.error), 1000)}`);
  const { why: _, ...parameters } = parsed.data;
  const key = `${tool.name} ${JSON.stringify(Object.entries(parameters).sort(([one], [other]) => (one < other ? -1 : 1)))}`;
  const before = calls.get(key);
  if (before !== undefined) {
    const where = before === turn ? 'in this turn' : `in turn ${before}`;
    return {
      outcome: { items: [], empty: `You asked this before, ${where}: its answer stands above.` },
      isRepeat: true,
    };
  }
  calls.set(key, turn);
  return { outcome: tool.read(parsed.data, scope), isRepeat: false };
}
