import { guardAnswer, type Leak } from '../platform/models/guard-answer.ts';
import type { ModelTurn } from '../platform/models/model.ts';
import type { Answered } from './ask-model.ts';
import type { Claim } from './claim.ts';
import type { History } from './conversation.ts';
import { endNode, scriptedMark } from './end-node.ts';
import type { RunEvent } from './events/event.ts';
import { startOfCall } from './events/tool-events.ts';
import { endAfter, wholeText } from './judge-turn.ts';
import type { NodeKind } from './node-kind.ts';
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
 * Records a model's answer exactly once, with its tokens, cost, tool calls and event, in one fenced transaction. A
 * final answer ends the node in the same transaction. What was wrong with an answer is recorded with it, so the model
 * reads the same after a crash.
 * @param before the recorded turns and their calls
 * @returns the recorded answer with the tool calls to run now; undefined when the node has ended
 */
export async function recordTurn(
  kind: NodeKind,
  claim: Claim,
  answered: Answered,
  before: History,
): Promise<Recorded | undefined> {
  try {
    const limit = await (kind.turnLimit?.(claim) ?? turnLimitOf(claim.node));
    return await writeTurn(kind, claim, answered, before, limit);
  } catch (error) {
    // The claim is lost, the run was cancelled or the database failed. The answer is discarded, but the provider still
    // charges for it.
    await answered.meter.settle(answered.turn.usage);
    throw error;
  }
}

async function writeTurn(
  kind: NodeKind,
  claim: Claim,
  answered: Answered,
  before: History,
  limit: number,
): Promise<Recorded | undefined> {
  const { node } = claim;
  const { turns } = before;
  const submitted = asSubmission(node, answered.turn, wholeText(turns, answered.turn));
  const { turn, leaks } = guardAnswer(node.run_id, kind.checkAnswer?.(node, submitted, before.calls) ?? submitted);
  // A secret may be cut between two parts of a text.
  const whole = guardAnswer(node.run_id, { ...turn, text: wholeText(turns, turn) });
  const recorded = { ...answered, turn };
  const end = endAfter(turns, turn, limit, whole.turn.text);
  const calls = end === undefined ? turn.tool_calls : [];
  const events = [
    turnEvent(claim, recorded),
    ...leakEvents(claim, [...leaks, ...whole.leaks]),
    ...calls.slice(0, 1).map((first) => startOfCall(node, { ...first, turn: node.turn, index: 0 })),
  ];
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
      fault: call.fault,
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

function turnEvent({ node }: Claim, { turn, cost, price, durationMs }: Answered): RunEvent {
  const called = turn.tool_calls.map((call) => call.name);
  return {
    type: 'turn_completed',
    level: turn.fault === undefined ? 'info' : 'warning',
    source: node.worker,
    message: turn.text.trim() || (called.length > 0 ? `calls ${called.join(', ')}` : (turn.fault ?? 'has no text')),
    data: {
      node: node.name,
      turn: node.turn,
      tool_calls: called,
      finish_reason: turn.finish_reason,
      ...(turn.fault === undefined ? {} : { fault: turn.fault }),
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
