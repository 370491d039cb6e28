import type { Statement } from '../platform/database/batch.ts';
import { DatabaseAway, sqlState } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import { type CompletedOutcome, callTool, failure, type Tool, type ToolContext } from '../tools/tool.ts';
import { askForApproval, askQuestion, findAnswer } from './ask-person.ts';
import type { Claim } from './claim.ts';
import { endNode } from './end-node.ts';
import { eventsOfCall } from './events/tool-events.ts';
import { findNextTurnTask, findRecordedCall, findTriedCall } from './sql/lease.ts';
import { sleepUntilMessage } from './sql/message.ts';
import { enqueueTurn, updateAttemptsReset } from './sql/node.ts';
import { type ToolCallRow, updateToolCallCompleted, updateToolCallTried, updateToolCallWaiting } from './sql/turn.ts';

/**
 * Runs the open calls of a turn one after the other in the model's order, because later calls may depend on earlier
 * ones. Each result is recorded with its effects before the next call starts, so a crash repeats at most the
 * interrupted call. The claim is released in the same transaction as the last result, with the statements of
 * `atRelease`; or earlier, when a call waits or ends the node.
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

/**
 * The most runs of a tool whose effects conflict with a change that another worker made between the tool's reads and
 * the transaction that writes its effects.
 */
const MOST_TRIES = 3;
const CONFLICT = 'Other workers keep changing the same files. Read them again and agree on who writes which file.';

/** Returns false when the node now waits or has ended, so no further call runs. */
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
      await askQuestion(claim, call, outcome.question);
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
  await claim.commit({
    statements: [
      updateToolCallWaiting(id, call.turn, call.call_index),
      updateAttemptsReset(id),
      until.forMessage ? sleepUntilMessage(runId, id, worker, seconds) : enqueueTurn(id, seconds),
    ],
    done: findNextTurnTask(claim.node),
  });
  await claim.stop();
}

/**
 * Records a result with its effects. Returns false, with nothing written, when the effects conflict with a change that
 * another worker made after the tool had read.
 */
async function record(
  claim: Claim,
  call: ToolCallRow,
  outcome: CompletedOutcome,
  durationMs: number,
  atRelease: readonly Statement[] | undefined,
): Promise<boolean> {
  const { id } = claim.node;
  const events = eventsOfCall(claim.node, call, outcome, durationMs);
  const result = { turn: call.turn, callIndex: call.call_index, output: outcome.output, isError: outcome.isError };
  const statements = [...outcome.statements, updateToolCallCompleted(id, result)];
  try {
    if (outcome.ends) await endNode(claim, outcome.ends, { events, statements });
    else if (atRelease === undefined)
      await claim.commit({ events, statements, done: findRecordedCall(claim.node, call) });
    else await claim.release({ events, statements: [...outcome.statements, ...atRelease], result });
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
    const answered = call.status === 'waiting' ? await findAnswer(claim, call) : {};
    if (answered.refusal !== undefined) return failure(answered.refusal);
    if (chosen?.approval && answered.given?.approved === undefined) {
      const asked = await askForApproval(claim, call, tools, context);
      if (asked !== undefined) return asked;
    }
    const full = { ...context, ...answered.given };
    if (chosen !== undefined && !chosen.safeToRepeat) {
      if (call.attempts > 0) return await interrupted(chosen, call, full);
      await claim.commit({
        statements: [updateToolCallTried(node.id, call.turn, call.call_index)],
        done: findTriedCall(node, call),
      });
    }
    return await callTool(tools, call.name, call.arguments, full);
  } catch (error) {
    claim.signal.throwIfAborted();
    // The failure says nothing about the call, so the turn is retried.
    if (error instanceof DatabaseAway) throw error;
    log('warning', 'tool failed', { tool: call.name, run_id: node.run_id, error });
    return failure(`${call.name} failed because of an internal error. You may try once more, or go on without it.`);
  }
}

/**
 * Handles a call that is not safe to repeat and was already started once. `recover` may find out from the outside
 * system whether the call was done.
 */
async function interrupted(chosen: Tool, call: ToolCallRow, context: ToolContext): Promise<Ran> {
  const found = await chosen.recover?.(call.arguments, context);
  return (
    found ?? failure(`${call.name} was interrupted, and it is unknown whether it was done. Check before you repeat it.`)
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
