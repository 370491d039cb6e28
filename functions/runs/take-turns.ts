import type { Database, Scoped } from '../platform/database/database.ts';
import { environment } from '../platform/environment.ts';
import { FenceLost } from '../platform/errors.ts';
import { LEASE_SECONDS } from '../platform/lease.ts';
import { log } from '../platform/log.ts';
import { ModelError } from '../platform/models/model.ts';
import { shutdownSignal } from '../platform/process/shutdown.ts';
import { enqueue } from '../platform/queue/enqueue.ts';
import { createTask } from '../platform/queue/task.ts';
import type { Tool } from '../tools/tool.ts';
import { OverBudget } from '../usage/meter.ts';
import { askModel } from './ask-model.ts';
import { CLOCK_MARGIN_MS, Claim, HOLDER, pushTurns } from './claim.ts';
import { type History, historyOf, openCalls } from './conversation.ts';
import { endNode } from './end-node.ts';
import { isOwnEngine } from './engine-version.ts';
import type { NodeKind, TurnInput } from './node-kind.ts';
import { recordTurn } from './record-turn.ts';
import type { TakeTurnPayload } from './run.ts';
import { type AfterLastCall, runTools } from './run-tools.ts';
import { claimNode } from './sql/claim.ts';
import { findLease, findStartedAttempt } from './sql/lease.ts';
import { updateAttemptReturned, updateAttemptStarted, updateAttemptsReset, updateTurnPostponed } from './sql/node.ts';
import { findEngineVersion } from './sql/run.ts';
import { releaseStalledNode } from './sql/stalled-node.ts';
import { listToolCalls, listTurns, type ToolCallRow, type TurnRow } from './sql/turn.ts';

/**
 * The most attempts of one turn. Attempts are counted before they run, so a turn that kills its instance every time
 * also ends.
 */
const MOST_ATTEMPTS = 5;
/** The wait after the first failed attempt. It doubles with each further failure. */
const FIRST_WAIT_SECONDS = 2;
const LONGEST_WAIT_SECONDS = 300;
/**
 * How long a turn waits for a model's server that takes no requests. A local server loads its model for minutes. Each
 * wait is as long as all before it, at most half a minute, unless the server asks for more.
 */
const MOST_POSTPONED_SECONDS = 900;
const LONGEST_POSTPONED_SECONDS = 30;
/** A node that waits for money tries again after this time, up to twice as long, when nothing has woken it. */
const BUDGET_WAIT_SECONDS = 10;

/**
 * Takes turns of a node: claims the node, continues from its records (a recorded turn is never asked again), asks the
 * model, runs the tools that the model calls, and goes on with the next turn, enqueues it or ends the node. Each turn
 * is recorded before the next one starts. A claim goes on for `TASK_SECONDS`, which saves the queue, the claim and the
 * reading of the history: 40 % of a turn's time. The limit lets tenants take turns and lets settings that the claim has
 * read, such as allowed hosts, take effect. Idempotent: duplicate, late and concurrent deliveries are no-ops.
 */
export async function takeTurns(
  kind: NodeKind,
  { payload, database, signal }: { payload: TakeTurnPayload; database: Database; signal: AbortSignal },
): Promise<void> {
  // A process that is about to stop claims nothing; the queue delivers the task again, to another instance.
  shutdownSignal.throwIfAborted();
  const tenant = database.as({ kind: 'tenant', tenantId: payload.tenant_id });
  const { node, rows } = await claimNode(
    tenant,
    {
      runId: payload.run_id,
      nodeId: payload.node_id,
      generation: payload.generation,
      leaseSeconds: LEASE_SECONDS,
      holder: HOLDER,
    },
    [listTurns(payload.node_id), listToolCalls(payload.node_id)],
  );
  if (node === undefined) return waitForLease(kind, tenant, payload);
  const [turns = [], calls = []] = rows;
  const claim = new Claim(node, payload.tenant_id, database, [signal, shutdownSignal]);
  if (kind.writesAtEnd) claim.writesAtEnd = kind.writesAtEnd;
  const until = performance.now() + environment.TASK_SECONDS * 1000;
  try {
    // These are the columns of the two statements; `History` parses the turns, and the tests of this step read the
    // calls.
    let history: History | undefined = historyOf(turns as unknown as TurnRow[], calls as unknown as ToolCallRow[]);
    while (history !== undefined) history = await advance(kind, claim, history, until);
  } catch (error) {
    await handleFailure(claim, error, tenant);
  } finally {
    await claim.stop();
  }
}

/**
 * Handles a task whose node cannot be claimed. Most such tasks are outdated or duplicates and are dropped. But after a
 * worker was killed, the queue delivers its task again while the lease is still held: then one more task is enqueued
 * for the end of the lease. Its name contains the fence, so repeated deliveries enqueue it once; it does nothing if the
 * worker is alive.
 */
async function waitForLease(kind: NodeKind, tenant: Scoped, payload: TakeTurnPayload): Promise<void> {
  const { tenant_id: tenantId, run_id: runId, node_id: nodeId, generation } = payload;
  const engine = await findEngineVersion(tenant, runId);
  if (engine === undefined || !isOwnEngine(runId, engine)) return;
  const lease = await findLease(tenant, nodeId, generation);
  if (lease === undefined) return;
  const endsAt = new Date(Date.now() + lease.seconds_left * 1000 + CLOCK_MARGIN_MS);
  const again = createTask(kind.task, payload, `held:${nodeId}:${generation}:${lease.fence}`, endsAt);
  await tenant.transaction((transaction) => enqueue(transaction, tenantId, again));
}

/**
 * Takes a turn, or finishes the one that is recorded.
 * @returns the history when the claim goes on with the next turn, undefined when the claim has ended
 */
async function advance(kind: NodeKind, claim: Claim, history: History, until: number): Promise<History | undefined> {
  const { node } = claim;
  if (node.attempts > MOST_ATTEMPTS) {
    const error = `turn ${node.turn + 1} was started ${MOST_ATTEMPTS} times and never finished`;
    await endNode(claim, { status: 'failed', error });
    return undefined;
  }
  const [prompt, tools] = await Promise.all([node.prompt ?? kind.prepare(claim), kind.tools(claim)]);
  const open = openCalls(history);
  const recorded = open.length > 0 ? undefined : await askAndRecord(kind, claim, { prompt, history, tools });
  if (open.length === 0 && recorded === undefined) return undefined;
  const goesOn = () => performance.now() < until && !claim.signal.aborted;
  const completed = await runOrGoOn(claim, recorded?.calls ?? open, tools, {
    goesOn,
    // Recording a turn resets the attempts. When the turn was already recorded, they are reset with the last call.
    atRelease: recorded === undefined ? [updateAttemptsReset(node.id)] : [],
    ...(kind.endAfterCalls ? { endWith: kind.endAfterCalls } : {}),
  });
  if (completed === undefined) return undefined;
  const turns = recorded === undefined ? history.turns : [...history.turns, recorded.turn];
  const before = history.calls.filter((call) => !open.includes(call));
  claim.startTurn(turns.length, prompt);
  return { turns, calls: [...before, ...completed] };
}

/**
 * Runs the calls of a turn. A turn without calls, in which the model stumbled or was cut off, is only followed by the
 * next one. Returns undefined when the claim has ended.
 */
async function runOrGoOn(
  claim: Claim,
  calls: readonly ToolCallRow[],
  tools: readonly Tool[],
  after: AfterLastCall,
): ReturnType<typeof runTools> {
  if (calls.length > 0) return runTools(claim, calls, tools, after);
  if (!after.goesOn()) {
    await claim.release({ statements: after.atRelease });
    return undefined;
  }
  await claim.commit({ statements: [updateAttemptStarted(claim.node.id)], done: findStartedAttempt(claim.node) });
  return [];
}

/** Asks the model and records its answer. Returns undefined when the node has ended. */
async function askAndRecord(kind: NodeKind, claim: Claim, input: TurnInput): ReturnType<typeof recordTurn> {
  const { prompt, history, tools } = input;
  const messages = await kind.messages(claim, input);
  const answered = await askModel(claim, { system: prompt.system, messages, tools, live: kind.live });
  return recordTurn(kind, claim, answered, history);
}

/**
 * Lets a node wait for money that other calls have set aside: they wake it when they release some, and it tries again
 * by itself when that was lost. The attempt does not count, and no lease and no place is held. Ends the node when the
 * money is spent.
 */
async function handleOverBudget(claim: Claim, error: OverBudget): Promise<void> {
  const { id, name, worker, turn, has_waited: hasWaited } = claim.node;
  if (!error.isTemporary) return endNode(claim, { status: 'cost_exceeded', error: error.message });
  const event = {
    type: 'turn_postponed',
    level: 'info',
    source: worker,
    message: `${name} waits. ${error.message}`,
    data: { node: name, turn, budget: error.budget },
  } as const;
  await claim.release({
    // Said once for each wait, however often the node tries again.
    events: hasWaited ? [] : [event],
    wakeAfterSeconds: BUDGET_WAIT_SECONDS * (1 + Math.random()),
    waitsForBudget: error.budget,
    statements: [updateAttemptReturned(id)],
  });
}

/**
 * Decides what follows a failed attempt: a new task at once (this process stops, or the claim is lost and nobody else
 * has the node, as after an erasure of what it has read), a delayed retry, the end of the node, or nothing.
 */
async function handleFailure(claim: Claim, error: unknown, tenant: Scoped): Promise<void> {
  if (claim.isLost || error instanceof FenceLost) {
    const { id: node_id, run_id, generation } = claim.node;
    const lost = { tenant_id: claim.tenantId, run_id, node_id, generation, reason: 'lease_expired' } as const;
    const task = await releaseStalledNode(tenant, lost);
    if (task !== undefined) await pushTurns([{ ...task }]);
    throw new FenceLost('The node');
  }
  if (claim.signal.aborted) return claim.release({ statements: [updateAttemptReturned(claim.node.id)] });
  if (error instanceof OverBudget) return handleOverBudget(claim, error);
  const { node } = claim;
  const reason = error instanceof ModelError ? error.message : 'an internal error';
  // An answer that cannot be read was asked for twice already.
  const isFinal = error instanceof ModelError && (!error.retryable || error.kind === 'invalid_answer');
  if (!(error instanceof ModelError))
    log('error', 'turn failed', { run_id: node.run_id, tenant_id: claim.tenantId, error });
  const asked = error instanceof ModelError && error.retryAfterMs !== undefined ? error.retryAfterMs / 1000 : 0;
  const isAway = error instanceof ModelError && error.isAway;
  const waited = node.postponed_seconds;
  if (isFinal || (isAway ? waited >= MOST_POSTPONED_SECONDS : node.attempts >= MOST_ATTEMPTS)) {
    const since = isAway ? `; asked again and again for ${Math.round(waited / 60)} minutes` : '';
    return endNode(claim, { status: 'failed', error: `${reason}${since}` });
  }
  const wanted = isAway
    ? Math.min(LONGEST_POSTPONED_SECONDS, Math.max(FIRST_WAIT_SECONDS, waited))
    : FIRST_WAIT_SECONDS * 2 ** (node.attempts - 1);
  const seconds = Math.ceil(Math.min(LONGEST_WAIT_SECONDS, Math.max(asked, wanted)));
  const event = {
    type: 'turn_postponed',
    level: 'warning',
    source: node.worker,
    message: `${node.name} tries again in ${seconds} s: ${reason}`,
    data: { node: node.name, turn: node.turn, attempts: node.attempts },
  } as const;
  const statements = isAway ? [updateTurnPostponed(node.id, seconds)] : [];
  await claim.release({ events: [event], statements, wakeAfterSeconds: seconds });
}
