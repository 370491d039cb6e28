import { guardAnswer, type Leak } from '../platform/models/guard-answer.ts';
import type { ModelTurn } from '../platform/models/model.ts';
import type { Answered } from './ask-model.ts';
import type { Claim } from './claim.ts';
import { endNode, type NodeEnd, scriptedMark } from './end-node.ts';
import type { RunEvent } from './events/event.ts';
import { asSubmission } from './planning/planner-answer.ts';
import { findRecordedTurn } from './sql/lease.ts';
import { insertTurn, type ToolCallRow } from './sql/turn.ts';
import { turnLimitOf } from './worker.ts';

/** A recorded answer and its calls. */
interface Recorded {
  turn: ModelTurn;
  calls: ToolCallRow[];
}

/**
 * Records a model's answer exactly once, with its tokens, cost, tool calls and event, in one fenced transaction. An
 * answer without tool calls ends the node in the same transaction.
 * @returns the recorded answer with the tool calls to run now; undefined when the node has ended
 */
export async function recordTurn(claim: Claim, answered: Answered): Promise<Recorded | undefined> {
  try {
    return await writeTurn(claim, answered);
  } catch (error) {
    // The claim is lost, the run was cancelled or the database failed. The answer is discarded, but the provider still
    // charges for it.
    await answered.meter.settle(answered.turn.usage);
    throw error;
  }
}

async function writeTurn(claim: Claim, answered: Answered): Promise<Recorded | undefined> {
  const { node } = claim;
  const { turn, leaks } = guardAnswer(node.run_id, asSubmission(node, answered.turn));
  const recorded = { ...answered, turn };
  const events = [turnEvent(claim, recorded), ...leakEvents(claim, leaks)];
  const end = endAfter(claim, turn);
  const calls = end === undefined ? turn.tool_calls : [];
  const { cost, price, durationMs, meter, lastDeltas: deltas } = answered;
  const hold = (appended: readonly RunEvent[]) =>
    insertTurn(node, appended, { response: turn, cost, price, durationMs, calls, booking: meter.booking, deltas });
  if (end !== undefined) {
    await endNode(claim, end, { events, hold });
    return undefined;
  }
  await claim.commit({ events, hold, done: findRecordedTurn(node) });
  const open = turn.tool_calls.map(
    (call, index): ToolCallRow => ({
      turn: node.turn,
      call_index: index,
      call_id: call.id,
      name: call.name,
      arguments: call.arguments,
      status: 'started',
      output: null,
      is_error: false,
      attempts: 0,
      started_at: new Date().toISOString(),
    }),
  );
  return { turn, calls: open };
}

function leakEvents({ node }: Claim, leaks: readonly Leak[]): RunEvent[] {
  return leaks.map((leak) => ({
    type: 'leak_removed',
    level: 'warning',
    source: node.worker,
    message: `${node.name} repeated ${leak === 'secret' ? 'a secret' : 'its instruction'}; it was removed`,
    data: { node: node.name, turn: node.turn, leak },
  }));
}

/** Returns how the node ends with this answer, or undefined when its tool calls must run. */
function endAfter({ node }: Claim, turn: ModelTurn): NodeEnd | undefined {
  const limit = turnLimitOf(node);
  if (turn.finish_reason === 'refused') return { status: 'failed', error: 'the model refused to answer' };
  if (turn.tool_calls.length > 0) {
    return node.turn + 1 < limit ? undefined : { status: 'failed', error: `no final answer after ${limit} turns` };
  }
  if (turn.finish_reason === 'length')
    return { status: 'failed', error: 'the final answer was cut at the output limit' };
  const result = turn.text.trim();
  return result === ''
    ? { status: 'failed', error: 'the model ended without a final answer' }
    : { status: 'completed', result };
}

function turnEvent({ node }: Claim, { turn, cost, price, durationMs }: Answered): RunEvent {
  const called = turn.tool_calls.map((call) => call.name);
  return {
    type: 'turn_completed',
    level: 'info',
    source: node.worker,
    message: turn.text.trim() || `calls ${called.join(', ')}`,
    data: {
      node: node.name,
      turn: node.turn,
      tool_calls: called,
      finish_reason: turn.finish_reason,
      ...turn.usage,
      cost_usd: cost,
      price,
      duration_ms: durationMs,
      provider: node.provider,
      model: node.model,
      ...scriptedMark(node.provider),
    },
  };
}
