import type { Statement } from '../platform/database/batch.ts';
import { DatabaseAway, sqlState } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import { type CompletedOutcome, callTool, failure, type Tool, type ToolContext } from '../tools/tool.ts';
import { answeredBy, askFirst, askOwnQuestion } from './ask-person.ts';
import type { Claim } from './claim.ts';
import { endNode } from './end-node.ts';
import { appendEvents } from './sql/event.ts';
import { findRecordedCall, findRungTask, findTriedCall } from './sql/lease.ts';
import { ringAfterMail } from './sql/message.ts';
import { ringNode, updateAttemptsReset } from './sql/node.ts';
import { type ToolCallRow, updateToolCallCompleted, updateToolCallTried, updateToolCallWaiting } from './sql/turn.ts';
import { eventsOfCall } from './tool-events.ts';

/**
 * Runs the open calls of a turn one after the other, in the model's order: later calls may build on earlier ones. Each result is recorded with its
 * effects before the next call starts, so a crash repeats at most the call that it interrupted. The claim is released with the last result, in the same
 * round trip, with the statements of `atRelease`; or before, where a call waits for something or ends the node.
 */
export async function runTools(
  claim: Claim,
  calls: readonly ToolCallRow[],
  tools: readonly Tool[],
  atRelease: readonly Statement[],
): Promise<void> {
  const last = calls.at(-1);
  for (const call of calls) {
    claim.signal.throwIfAborted();
    const isDone = await runToEnd(claim, call, tools, call === last ? atRelease : undefined);
    if (!isDone) return;
  }
}

/** Another worker changed the same rows between a tool's look and its effect; then the tool looks again, this often. */
const MOST_TRIES = 3;
const CONFLICT = 'Others keep changing the same files. Read them again, and agree with the others who writes what.';

/** False when the node waits or has ended with this call: no other runs. */
async function runToEnd(
  claim: Claim,
  call: ToolCallRow,
  tools: readonly Tool[],
  atRelease: readonly Statement[] | undefined,
): Promise<boolean> {
  const startedAt = performance.now();
  for (let tries = 1; ; tries += 1) {
    const outcome = tries > MOST_TRIES ? failure(CONFLICT) : await runCall(claim, call, tools);
    if (outcome.status === 'asked') return false;
    if (outcome.status === 'asking') {
      await askOwnQuestion(claim, call, outcome.question);
      return false;
    }
    if (outcome.status === 'waiting') {
      await sleep(claim, call, outcome);
      return false;
    }
    const durationMs = Math.round(performance.now() - startedAt);
    if (await record(claim, call, outcome, durationMs, atRelease)) return !outcome.ends;
  }
}

async function sleep(claim: Claim, call: ToolCallRow, until: { wakeAt: Date; forMessage?: boolean }): Promise<void> {
  const { id, run_id: runId, worker } = claim.node;
  const seconds = Math.max(1, (until.wakeAt.getTime() - Date.now()) / 1000);
  await claim.commit(
    [
      updateToolCallWaiting(id, call.turn, call.call_index),
      updateAttemptsReset(id),
      until.forMessage ? ringAfterMail(runId, id, worker, seconds) : ringNode(id, seconds),
    ],
    findRungTask(claim.node),
  );
  await claim.stop();
}

/** Records a result with its effects. False when the effects met a state that is not the one the tool saw; nothing is written then. */
async function record(
  claim: Claim,
  call: ToolCallRow,
  outcome: CompletedOutcome,
  durationMs: number,
  atRelease: readonly Statement[] | undefined,
): Promise<boolean> {
  const { id, run_id: runId } = claim.node;
  const events = eventsOfCall(claim.node, call, outcome, durationMs);
  const statements = [
    ...outcome.statements,
    updateToolCallCompleted(id, call.turn, call.call_index, outcome.output, outcome.isError),
  ];
  try {
    if (outcome.ends) await endNode(claim, outcome.ends, events, statements);
    else if (atRelease === undefined)
      await claim.commit([...statements, appendEvents(runId, events)], findRecordedCall(claim.node, call));
    else await claim.release([...statements, appendEvents(runId, events), ...atRelease]);
    return true;
  } catch (error) {
    if (sqlState(error) === 'AF409' && outcome.statements.length > 0) return false;
    throw error;
  }
}

type Ran = Awaited<ReturnType<typeof callTool>> | { status: 'asked' };

async function runCall(claim: Claim, call: ToolCallRow, tools: readonly Tool[]): Promise<Ran> {
  const { node } = claim;
  const chosen = tools.find((tool) => tool.name === call.name);
  const context = contextOf(claim, call);
  try {
    const answered = call.status === 'waiting' ? await answeredBy(claim, call) : {};
    if (answered.refusal !== undefined) return failure(answered.refusal);
    if (chosen?.approval && answered.given?.approved === undefined) {
      const asked = await askFirst(claim, call, tools, context);
      if (asked !== undefined) return asked;
    }
    const full = { ...context, ...answered.given };
    if (chosen !== undefined && !chosen.safeToRepeat) {
      if (call.attempts > 0) return await interrupted(chosen, call, full);
      await claim.commit([updateToolCallTried(node.id, call.turn, call.call_index)], findTriedCall(node, call));
    }
    return await callTool(tools, call.name, call.arguments, full);
  } catch (error) {
    claim.signal.throwIfAborted();
    // It says nothing about the call, which is made again.
    if (error instanceof DatabaseAway) throw error;
    log('warning', `the tool ${call.name} failed`, { run_id: node.run_id, error });
    return failure(`${call.name} failed for a reason of ours. You may try once more, or go on without it.`);
  }
}

/** A call that must not be made twice and was begun before: the outside world may tell whether it was done. */
async function interrupted(chosen: Tool, call: ToolCallRow, context: ToolContext): Promise<Ran> {
  const found = await chosen.recover?.(call.arguments, context);
  return (
    found ?? failure(`It is unknown whether ${call.name} was done: it was interrupted. Check before you do it again.`)
  );
}

function contextOf({ node, tenantId, database, signal }: Claim, call: ToolCallRow): ToolContext {
  return {
    tenantId,
    userId: node.user_id,
    runId: node.run_id,
    worker: node.worker,
    callKey: `${node.id}:${call.turn}:${call.call_index}`,
    ...(call.status === 'waiting' ? { waitingSince: call.started_at } : {}),
    allowedHosts: node.allowed_hosts,
    database,
    signal,
  };
}
