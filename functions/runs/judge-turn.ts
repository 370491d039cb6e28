import type { ModelTurn } from '../platform/models/model.ts';
import { stopCause } from '../platform/models/stop-cause.ts';
import type { NodeEnd } from './claim.ts';
import { NOTHING_HANDED_OUT } from './planning/hand-out.ts';

/**
 * The most answers in a row in which a model stumbles: after each but the last it reads what was wrong. A model that
 * does not correct itself twice rarely does later, and every answer is paid.
 */
const MOST_STUMBLES = 3;
/** The most parts of a text that the output limit cuts: about 100,000 words with the limit of 16,384 tokens. */
const MOST_PARTS = 8;

/**
 * Returns how the node ends with its newest answer, or undefined when it goes on: its tool calls run, or the model
 * reads what was wrong with the answer. `before` are the recorded turns, `whole` is the text with the parts before it.
 */
export function endAfter(
  before: readonly ModelTurn[],
  turn: ModelTurn,
  turnLimit: number,
  whole = wholeText(before, turn),
): NodeEnd | undefined {
  const cause = stopCause(turn);
  if (cause !== undefined) return failed(cause);
  const stumble = describeStumble(turn);
  if (stumble !== undefined) {
    const inRow = countLast(before, (earlier) => describeStumble(earlier) !== undefined) + 1;
    if (inRow >= MOST_STUMBLES)
      return failed(`${stumble}, ${inRow} times in a row: try again, or choose another model`);
  }
  if (isPart(turn) && countLast(before, isPart) + 1 >= MOST_PARTS) {
    return failed(`the final answer was cut at the output limit ${MOST_PARTS} times: ask for a shorter answer`);
  }
  if (turn.tool_calls.length === 0 && turn.fault === undefined) {
    return { status: 'completed', result: whole.trim() };
  }
  if (before.length + 1 < turnLimit) return undefined;
  return failed(`no final answer after ${turnLimit} turns${stumble === undefined ? '' : `: ${stumble}`}`);
}

/** Returns the text of an answer with the parts before it that the output limit cut off. */
export function wholeText(before: readonly ModelTurn[], turn: ModelTurn): string {
  const parts = before.slice(before.length - countLast(before, isPart));
  return [...parts, turn].map(({ text }) => text).join('');
}

/** Whether the answer is a part of a text that the next answer goes on with. */
function isPart(turn: ModelTurn): boolean {
  return turn.finish_reason === 'length' && turn.tool_calls.length === 0 && turn.text.trim() !== '';
}

/** Says what was wrong with an answer that brought nothing: no text to keep and no call to run. */
function describeStumble(turn: ModelTurn): string | undefined {
  if (turn.tool_calls.some((call) => call.fault === undefined)) return undefined;
  const [unreadable] = turn.tool_calls;
  if (unreadable !== undefined) return `the model made a call of ${unreadable.name || 'no tool'} that cannot be read`;
  if (turn.fault === undefined || isPart(turn)) return undefined;
  if (turn.fault === NOTHING_HANDED_OUT) return 'the chef handed out no work: it gave no worker a task';
  if (turn.finish_reason === 'length') return 'the model used up the output limit before its first word';
  if (turn.finish_reason === 'tool_calls') return 'the model made malformed tool calls';
  if (turn.finish_reason !== 'unknown') return 'the model ended without a final answer';
  return `the provider stopped the model for an unknown reason${turn.stop_word ? ` (${turn.stop_word})` : ''}`;
}

function countLast(turns: readonly ModelTurn[], matches: (turn: ModelTurn) => boolean): number {
  return turns.length - 1 - turns.findLastIndex((turn) => !matches(turn));
}

function failed(error: string): NodeEnd {
  return { status: 'failed', error };
}
