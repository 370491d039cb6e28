import { cutText } from '../../platform/cut-text.ts';
import { readArguments } from '../../platform/models/dialects/read-arguments.ts';
import type { ModelMessage, ModelTurn, ToolCallRequest, ToolResult } from '../../platform/models/model.ts';
import type { EndReason, Warning } from './answer.ts';
import { ANSWER, answerDeclaration, answerInText, answerOfText } from './answer-tool.ts';
import { askModel, type ModelContext } from './ask-model.ts';
import { type CheckedAnswer, checkAnswer, SubmittedAnswer } from './check-answer.ts';
import { runCalls } from './run-calls.ts';
import type { SearchState } from './search-state.ts';

interface Orchestration {
  search: SearchState;
  model: ModelContext;
  system: string;
  /** The query with the result of the first search. */
  firstMessage: string;
  /** The caller's own words. An address in them may appear in the answer. */
  query: string;
  mostTurns: number;
}

export interface OrchestrationResult {
  endedBy: EndReason;
  detail: string | undefined;
  answer: CheckedAnswer | undefined;
  turns: number;
  /** The masked leaks, with or without an answer. */
  leaks: Warning[];
}

/**
 * Runs the loop of the model: asks it for a turn, runs its tool calls, and asks again with their results. The loop ends
 * with a checked answer, or when a limit of turns, tokens, money or time is reached. In the last turn, and after the
 * token budget is used up, the model can only answer.
 */
export async function orchestrate(orchestration: Orchestration): Promise<OrchestrationResult> {
  const { search, model, system, firstMessage, mostTurns } = orchestration;
  const messages: ModelMessage[] = [{ role: 'user', text: firstMessage }];
  const retries: Retries = { hasAskedForTool: false, hasAskedForQuotes: false };
  const leaks = new Set<Warning>();
  const end = (turns: number, endedBy: EndReason, rest: Partial<OrchestrationResult> = {}): OrchestrationResult => ({
    endedBy,
    detail: undefined,
    answer: undefined,
    turns,
    leaks: [...leaks],
    ...rest,
  });
  for (let number = 1; number <= mostTurns; number += 1) {
    const isLast = number === mostTurns;
    const mustAnswer = isLast || search.shownSources.isUsedUp;
    if (isLast && number > 1) messages.push({ role: 'user', text: LAST_TURN });
    const tools = [...(mustAnswer ? [] : search.tools.map(({ declaration }) => declaration)), answerDeclaration];
    const result = await askModel(model, { number, system, messages: [...messages], tools });
    if ('ended' in result) return end(number - 1, result.ended, { detail: result.detail });
    for (const leak of result.leaks) leaks.add(leak === 'secret' ? 'secret_removed' : 'instruction_repeated');
    const next = await handleTurn(orchestration, retries, { turn: result.turn, number, isLast, mustAnswer });
    if ('answer' in next) return end(number, 'answered', { answer: next.answer });
    messages.push(...next.messages);
  }
  return end(mostTurns, 'max_turns', { detail: `There was no answer within ${mostTurns} turns.` });
}

const LAST_TURN = 'This is your last turn. Call answer now, with what you have read.';
const HAND_IN =
  'If this is your answer, hand it in by the tool answer, with a citation for each claim and how sure you are; else go on with a tool.';
const TOO_LONG = 'Your answer was cut, it is too long. Hand in a shorter one by the tool answer.';

/** The corrections that the model was asked for. Each is asked for once. */
interface Retries {
  hasAskedForTool: boolean;
  hasAskedForQuotes: boolean;
}

interface ReceivedTurn {
  turn: ModelTurn;
  number: number;
  isLast: boolean;
  mustAnswer: boolean;
}

type Next = { answer: CheckedAnswer } | { messages: ModelMessage[] };

/** Returns the answer in a turn of the model, or the messages for the next turn. */
async function handleTurn(orchestration: Orchestration, retries: Retries, received: ReceivedTurn): Promise<Next> {
  const { turn, number, isLast, mustAnswer } = received;
  const said: ModelMessage = { role: 'assistant', text: turn.text, toolCalls: turn.tool_calls };
  if (turn.tool_calls.length === 0) return handleText(orchestration, retries, received);
  const submitted = turn.tool_calls.find(({ name }) => name === ANSWER);
  const verdict = submitted === undefined ? undefined : checkSubmitted(orchestration, retries, { submitted, isLast });
  if (verdict !== undefined && 'answer' in verdict) return verdict;
  const reads = turn.tool_calls.filter(({ name }) => name !== ANSWER);
  const read = mustAnswer ? reads.map(refuse) : await runCalls(orchestration.search, number, reads);
  const results = new Map(read.map((result) => [result.id, result]));
  const answered = turn.tool_calls.map(
    ({ id, name }): ToolResult =>
      results.get(id) ?? { id, name, output: verdict?.fault ?? 'One answer is enough.', isError: true },
  );
  return { messages: [said, { role: 'tool', results: answered }] };
}

const refuse = ({ id, name }: { id: string; name: string }): ToolResult => ({
  id,
  name,
  output: 'Nothing more can be read. Call answer now, with what you have read.',
  isError: true,
});

/** Returns the checked answer, or the fault that the model can still correct. */
function checkSubmitted(
  { search, query }: Orchestration,
  retries: Retries,
  { submitted, isLast }: { submitted: ToolCallRequest; isLast: boolean },
): { answer: CheckedAnswer } | { fault: string } {
  if (submitted.fault !== undefined) return { fault: submitted.fault };
  const parsed = readArguments(SubmittedAnswer, submitted.arguments);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return { fault: `The answer is not as it should be: ${cutText(issues.join('; '), 1000)}` };
  }
  const answer = checkAnswer(parsed.data, search.shownSources, query);
  const canImprove = answer.citations.length === 0 && !parsed.data.unanswered && !search.shownSources.isEmpty;
  if (!canImprove || isLast || retries.hasAskedForQuotes) return { answer };
  retries.hasAskedForQuotes = true;
  return { fault: `Nothing that you have read carries the answer. ${[...answer.faults, QUOTES].join('\n')}` };
}

const QUOTES =
  'Cite with refs that you were shown and quotes that stand there letter by letter, or set unanswered to true.';

/**
 * Handles a turn without a tool call. A text that parses as an answer is the answer. Otherwise the model is asked once
 * to use the tool, and its next text is taken as it is. A text that is cut or otherwise faulty is never an answer.
 */
function handleText(orchestration: Orchestration, retries: Retries, { turn, isLast }: ReceivedTurn): Next {
  const { search, query } = orchestration;
  const isWhole = turn.fault === undefined;
  const isAccepted = isWhole && (isLast || retries.hasAskedForTool);
  const submitted = answerInText(turn.text) ?? (isAccepted ? answerOfText(turn) : undefined);
  if (submitted !== undefined) return { answer: checkAnswer(submitted, search.shownSources, query) };
  retries.hasAskedForTool = true;
  return {
    messages: [
      { role: 'assistant', text: turn.text, toolCalls: [] },
      { role: 'user', text: turn.finish_reason === 'length' ? TOO_LONG : (turn.fault ?? HAND_IN) },
    ],
  };
}
