import type { Statement } from '../platform/database/batch.ts';
import { DatabaseAway, sqlState } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import { describeLeak } from '../platform/models/guard-answer.ts';
import { sendToQueue } from '../platform/queue/enqueue.ts';
import { createTask, insertTask } from '../platform/queue/task.ts';
import { isEntryAllowed } from '../tools/network-policy.ts';
import { type CompletedOutcome, callTool, failure, type Tool, type ToolContext } from '../tools/tool.ts';
import { nameChange } from '../tools/workspace.ts';
import { OverBudget } from '../usage/meter.ts';
import { askForApproval, askQuestion, findAnswer } from './ask-person.ts';
import type { Claim, NodeEnd } from './claim.ts';
import { endNode } from './end-node.ts';
import type { RunEvent } from './events/event.ts';
import { eventsOfCall, startOfCall } from './events/tool-events.ts';
import { SettleRun } from './run.ts';
import { findNextTurnTask, findRecordedCall, findTriedCall } from './sql/lease.ts';
import { enqueueTurn, updateAttemptsReset } from './sql/node.ts';
import {
  recordCall,
  type ToolCallRow,
  updateToolCallCompleted,
  updateToolCallTried,
  updateToolCallWaiting,
} from './sql/turn.ts';

/** What follows the last call of a turn. */
export interface AfterLastCall {
  /** Whether the claim goes on with the node's next turn. Asked when the last result is recorded. */
  goesOn: () => boolean;
  /** Statements for the transaction that releases the claim or ends the node. */
  atRelease: readonly Statement[];
  /** Returns the end of a node that has no other turn. */
  endWith?: (last: CompletedOutcome) => NodeEnd;
}

/**
 * Runs the open calls of a turn one after the other in the model's order, because later calls may depend on earlier
 * ones. Each result is recorded with its effects before the next call starts, so a crash repeats at most the
 * interrupted call. The claim goes on or is released in the same transaction as the last result; it ends earlier when a
 * call waits or ends the node.
 * @returns the completed calls when the claim goes on with the next turn, else undefined
 */
export async function runTools(
  claim: Claim,
  calls: readonly ToolCallRow[],
  tools: readonly Tool[],
  after: AfterLastCall,
): Promise<ToolCallRow[] | undefined> {
  const completed: ToolCallRow[] = [];
  for (const [index, call] of calls.entries()) {
    claim.signal.throwIfAborted();
    const result = await runToEnd(claim, call, tools, calls[index + 1] ?? after);
    if (result === undefined) return undefined;
    completed.push({ ...call, status: 'completed', output: result.output, is_error: result.isError });
  }
  return completed;
}

/**
 * The most runs of a tool whose effects conflict with a change that another worker made between the tool's reads and
 * the transaction that writes its effects.
 */
const MOST_TRIES = 3;
const CONFLICT = 'Other workers keep changing the same files. Read them again and agree on who writes which file.';

/** Returns undefined when the claim has ended: the node waits, has ended or has its next task. */
async function runToEnd(
  claim: Claim,
  call: ToolCallRow,
  tools: readonly Tool[],
  next: ToolCallRow | AfterLastCall,
): Promise<CompletedOutcome | undefined> {
  const startedAt = performance.now();
  for (let tries = 1; ; tries += 1) {
    const outcome = tries > MOST_TRIES ? failure(CONFLICT) : await runCall(claim, call, tools);
    if (outcome.status === 'asked') return undefined;
    if (outcome.status === 'asking') {
      await askQuestion(claim, call, outcome.question);
      return undefined;
    }
    if (outcome.status === 'waiting') {
      await sleep(claim, call, outcome);
      return undefined;
    }
    const durationMs = Math.round(performance.now() - startedAt);
    const recorded = await record(claim, call, outcome, durationMs, next);
    if (recorded === 'conflict') continue;
    return recorded === 'open' ? outcome : undefined;
  }
}

/**
 * Lets the node wait without a lease. A node that waits for others gives its place to another node, which the settling
 * that follows starts.
 */
async function sleep(claim: Claim, call: ToolCallRow, until: { wakeAt: Date; sleep?: Statement }): Promise<void> {
  const { tenantId } = claim;
  const { id, run_id: runId, fence } = claim.node;
  const seconds = Math.max(1, (until.wakeAt.getTime() - Date.now()) / 1000);
  const settle = until.sleep && createTask(SettleRun, { tenant_id: tenantId, run_id: runId }, `${id}:${fence}`);
  await claim.commit({
    statements: [
      updateToolCallWaiting(id, call.turn, call.call_index),
      updateAttemptsReset(id),
      until.sleep ?? enqueueTurn(id, seconds),
      ...(settle ? [insertTask(tenantId, settle)] : []),
    ],
    done: findNextTurnTask(claim.node),
  });
  await claim.stop();
  if (settle) await sendToQueue(settle);
}

/**
 * Records a result with its effects and the start of the next call. Returns whether the claim is still open.
 * `conflict`: the effects conflict with a change that another worker made after the tool had read, and nothing was
 * written.
 */
async function record(
  claim: Claim,
  call: ToolCallRow,
  outcome: CompletedOutcome,
  durationMs: number,
  next: ToolCallRow | AfterLastCall,
): Promise<'open' | 'ended' | 'conflict'> {
  const { node } = claim;
  const events = eventsOfCall(node, call, outcome, durationMs);
  const result = { turn: call.turn, callIndex: call.call_index, output: outcome.output, isError: outcome.isError };
  const isLast = 'goesOn' in next;
  const ends = outcome.ends ?? (isLast ? next.endWith?.(outcome) : undefined);
  const statements = outcome.statements.length === 0 ? [] : [nameChange(call.turn, node.name), ...outcome.statements];
  try {
    if (ends) {
      const last = [updateToolCallCompleted(node.id, result), ...(isLast ? next.atRelease : [])];
      await endNode(claim, ends, { events, statements: [...statements, ...last] });
      return 'ended';
    }
    if (!isLast || next.goesOn()) {
      const started = isLast ? [] : [startOfCall(node, { ...next, index: next.call_index })];
      const hold = (appended: readonly RunEvent[]) => recordCall(node, appended, result, isLast);
      await claim.commit({ events: [...events, ...started], hold, statements, done: findRecordedCall(node, call) });
      return 'open';
    }
    await claim.release({ events, statements: [...statements, ...next.atRelease], result });
    return 'ended';
  } catch (error) {
    if (sqlState(error) === 'AF409' && statements.length > 0) return 'conflict';
    throw error;
  }
}

type Ran = Awaited<ReturnType<typeof callTool>> | { status: 'asked' };

async function runCall(claim: Claim, call: ToolCallRow, tools: readonly Tool[]): Promise<Ran> {
  if (call.fault !== undefined) return failure(call.fault);
  const { node } = claim;
  const leak = describeLeak(call.arguments);
  if (leak !== undefined) return failure(leak);
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
    const outcome = await callTool(tools, call.name, call.arguments, full);
    const isOutdated = outcome.status === 'completed' && outcome.isOutdated;
    return (isOutdated && (await askForApproval(claim, call, tools, context))) || outcome;
  } catch (error) {
    claim.signal.throwIfAborted();
    // The failure says nothing about the call, so it is repeated: at once, or when other calls have released money.
    if (error instanceof DatabaseAway || error instanceof OverBudget) throw error;
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
    allowedHosts: node.allowed_hosts.filter((host) => isEntryAllowed(host, node.tenant_hosts)),
    database,
    signal,
  };
}
