import type { ModelMessage, ModelTurn, ToolResult } from '../../platform/models/model.ts';
import type { Ending, Warning } from './answer.ts';
import { ANSWER, answerDeclaration, answerInText, answerOfText } from './answer-tool.ts';
import { askModel, type ModelCaller } from './ask-model.ts';
import { type CheckedAnswer, checkAnswer, HandedIn } from './check-answer.ts';
import type { Research } from './research.ts';
import { runCalls } from './run-calls.ts';

export interface Orchestration {
  research: Research;
  caller: ModelCaller;
  system: string;
  /** The question with what the first search found. */
  opening: string;
  /** The caller's own words: addresses in them are his. */
  question: string;
  mostTurns: number;
}

export interface Outcome {
  endedBy: Ending;
  detail: string | undefined;
  answer: CheckedAnswer | undefined;
  turns: number;
  /** What the model was caught at, whether it answered or not. */
  leaks: Warning[];
}

/**
 * Lets the model read and answer, turn by turn: ask, look at what it wants, read for it, ask again. It ends with an answer that was checked, or where a limit
 * of turns, tokens, money or time says so. The last turn, and one after the budget of reading is used up, can only answer.
 */
export async function orchestrate(orchestration: Orchestration): Promise<Outcome> {
  const { research, caller, system, opening, mostTurns } = orchestration;
  const messages: ModelMessage[] = [{ role: 'user', text: opening }];
  const state: State = { hasAskedProperly: false, hasAskedForQuotes: false };
  const leaks = new Set<Warning>();
  const end = (turns: number, endedBy: Ending, rest: Partial<Outcome> = {}): Outcome => ({
    endedBy,
    detail: undefined,
    answer: undefined,
    turns,
    leaks: [...leaks],
    ...rest,
  });
  for (let number = 1; number <= mostTurns; number += 1) {
    const isLast = number === mostTurns;
    const mustAnswer = isLast || research.reading.isUsedUp;
    if (isLast && number > 1) messages.push({ role: 'user', text: LAST_TURN });
    const tools = [...(mustAnswer ? [] : research.tools.map(({ declaration }) => declaration)), answerDeclaration];
    const asked = await askModel(caller, { number, system, messages: [...messages], tools });
    if ('ended' in asked) return end(number - 1, asked.ended, { detail: asked.detail });
    for (const leak of asked.leaks) leaks.add(leak === 'secret' ? 'secret_removed' : 'instruction_repeated');
    const next = await take(orchestration, state, { turn: asked.turn, number, isLast, mustAnswer });
    if ('answer' in next) return end(number, 'answered', { answer: next.answer });
    messages.push(...next.messages);
  }
  return end(mostTurns, 'max_turns', { detail: `There was no answer within ${mostTurns} turns.` });
}

const LAST_TURN = 'This is your last turn. Call answer now, with what you have read.';
const HAND_IN =
  'If this is your answer, hand it in by the tool answer, with a citation for each claim and how sure you are; else go on with a tool.';
const TOO_LONG = 'Your answer was cut, it is too long. Hand in a shorter one by the tool answer.';

/** Each way of putting an answer right is offered once. */
interface State {
  hasAskedProperly: boolean;
  hasAskedForQuotes: boolean;
}

interface TakenTurn {
  turn: ModelTurn;
  number: number;
  isLast: boolean;
  mustAnswer: boolean;
}

type Next = { answer: CheckedAnswer } | { messages: ModelMessage[] };

/** What one turn of the model leads to. */
async function take(orchestration: Orchestration, state: State, taken: TakenTurn): Promise<Next> {
  const { turn, number, isLast, mustAnswer } = taken;
  const said: ModelMessage = { role: 'assistant', text: turn.text, toolCalls: turn.tool_calls };
  if (turn.tool_calls.length === 0) return takeText(orchestration, state, taken);
  const handed = turn.tool_calls.find(({ name }) => name === ANSWER);
  const verdict =
    handed === undefined
      ? undefined
      : judge(orchestration, state, { parsed: HandedIn.safeParse(handed.arguments), isLast });
  if (verdict !== undefined && 'answer' in verdict) return verdict;
  const reads = turn.tool_calls.filter(({ name }) => name !== ANSWER);
  const read = mustAnswer ? reads.map(refuse) : await runCalls(orchestration.research, number, reads);
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

/** An answer that was handed in: it counts, unless the model can still mend what is wrong with it. */
function judge(
  { research, question }: Orchestration,
  state: State,
  { parsed, isLast }: { parsed: ReturnType<typeof HandedIn.safeParse>; isLast: boolean },
): { answer: CheckedAnswer } | { fault: string } {
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return { fault: `The answer is not as it should be: ${issues.join('; ').slice(0, 1000)}` };
  }
  const answer = checkAnswer(parsed.data, research.reading, question);
  const isWorthMending = answer.citations.length === 0 && !parsed.data.unanswered && !research.reading.isEmpty;
  if (!isWorthMending || isLast || state.hasAskedForQuotes) return { answer };
  state.hasAskedForQuotes = true;
  return { fault: `Nothing that you have read carries the answer. ${[...answer.faults, QUOTES].join('\n')}` };
}

const QUOTES =
  'Cite with refs that you were shown and quotes that stand there letter by letter, or set unanswered to true.';

/** A text without a call: an answer where it parses; else it is asked for once, and what comes then is taken as it is. One that was cut is none. */
function takeText(orchestration: Orchestration, state: State, { turn, isLast }: TakenTurn): Next {
  const { research, question } = orchestration;
  const isWhole = turn.finish_reason !== 'length';
  const isTaken = isWhole && (isLast || state.hasAskedProperly);
  const handed = answerInText(turn.text) ?? (isTaken ? answerOfText(turn) : undefined);
  if (handed !== undefined) return { answer: checkAnswer(handed, research.reading, question) };
  state.hasAskedProperly = true;
  return {
    messages: [
      { role: 'assistant', text: turn.text, toolCalls: [] },
      { role: 'user', text: isWhole ? HAND_IN : TOO_LONG },
    ],
  };
}
