import { FenceLost } from '../../platform/errors.ts';
import { LEASE_SECONDS } from '../../platform/lease.ts';
import { log } from '../../platform/log.ts';
import { ModelError } from '../../platform/models/model.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { shutdownSignal } from '../../platform/process/shutdown.ts';
import { step } from '../../platform/step.ts';
import { askModel } from '../ask-model.ts';
import { Claim } from '../claim.ts';
import { type History, historyOf, openCalls } from '../conversation.ts';
import { endNode } from '../end-node.ts';
import { HOLDER } from '../expire-dead-leases.ts';
import { leaveTask } from '../leave-task.ts';
import { recordTurn } from '../record-turn.ts';
import { TakeTurn } from '../run.ts';
import { runTools } from '../run-tools.ts';
import { appendEvents } from '../sql/event.ts';
import { claimNode, updateAttemptGivenBack, updateAttemptsReset } from '../sql/node.ts';
import { listToolCalls, listTurns, type ToolCallRow, type TurnRow } from '../sql/turn.ts';

/** Tries of one turn that started, counted before they run: a turn that kills its instance every time ends too. */
const MOST_ATTEMPTS = 5;
/** First wait after a failed try; doubled with each. */
const FIRST_WAIT_SECONDS = 2;
const LONGEST_WAIT_SECONDS = 300;

/**
 * Takes one turn of a node: claims it, goes on from what is recorded (never asks again for a turn that is), asks the model, runs the tools that it calls,
 * and rings the next turn or ends the node. Twice, late or beside itself it does nothing.
 */
export const takeTurn = step(TakeTurn, {
  memoryMiB: 1024,
  concurrency: 20,
  secrets: [...MODEL_KEYS, 'BRAVE_SEARCH_API_KEY'],
}).handle(async ({ payload, database, signal }) => {
  // A process that is about to stop takes nothing on; the queue comes back and finds another.
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
  if (node === undefined) return leaveTask(tenant, payload);
  const [turns = [], calls = []] = rows;
  const claim = new Claim(node, payload.tenant_id, database, [signal, shutdownSignal]);
  try {
    // The rows of these two statements have these columns; their tests hold it.
    await advance(claim, historyOf(turns as unknown as TurnRow[], calls as unknown as ToolCallRow[]));
  } catch (error) {
    await giveBack(claim, error);
  } finally {
    await claim.stop();
  }
});

async function advance(claim: Claim, history: History): Promise<void> {
  const { node } = claim;
  if (node.attempts > MOST_ATTEMPTS) {
    return endNode(claim, {
      status: 'failed',
      error: `turn ${node.turn + 1} was started ${MOST_ATTEMPTS} times and never finished`,
    });
  }
  const prompt = node.prompt ?? (await prepare(claim));
  const { toolsOf } = await import('../toolbox.ts');
  const tools = toolsOf(node, claim.root);
  let open = openCalls(history);
  const isRecorded = open.length > 0;
  if (!isRecorded) {
    const asked = await askModel(claim, prompt, history, tools);
    if (asked.status === 'over_budget')
      return endNode(claim, { status: 'cost_exceeded', error: 'the budget does not cover the next call of the model' });
    open = await recordTurn(claim, asked);
    if (open.length === 0) return;
  }
  // A turn's record begins the tries anew; where only calls were left to run, that is done here.
  await runTools(claim, open, tools, isRecorded ? [updateAttemptsReset(node.id)] : []);
}

/** Memory, files and tools are loaded with the first turn and not with the function, whose start they would make a third longer. */
async function prepare(claim: Claim): Promise<{ system: string; text: string }> {
  const { prepareNode } = await import('../prepare-node.ts');
  return prepareNode(claim);
}

/** Decides a failed try's fate once: another's now, later, or never. */
async function giveBack(claim: Claim, error: unknown): Promise<void> {
  if (claim.isLost || error instanceof FenceLost) throw new FenceLost('The node');
  if (claim.signal.aborted) return claim.release([updateAttemptGivenBack(claim.node.id)]);
  const { node } = claim;
  const reason = error instanceof ModelError ? error.message : 'something failed on our side';
  const isFinal = error instanceof ModelError && !error.retryable;
  if (!(error instanceof ModelError))
    log('error', 'a turn failed', { run_id: node.run_id, tenant_id: claim.tenantId, error });
  if (isFinal || node.attempts >= MOST_ATTEMPTS) return endNode(claim, { status: 'failed', error: reason });
  const asked = error instanceof ModelError && error.retryAfterMs !== undefined ? error.retryAfterMs / 1000 : 0;
  const seconds = Math.min(LONGEST_WAIT_SECONDS, Math.max(asked, FIRST_WAIT_SECONDS * 2 ** (node.attempts - 1)));
  const event = {
    type: 'turn_postponed',
    level: 'warning',
    source: node.worker,
    message: `${node.name} tries again in ${Math.ceil(seconds)} s: ${reason}`,
    data: { node: node.name, turn: node.turn, attempts: node.attempts },
  } as const;
  await claim.release([appendEvents(node.run_id, [event])], seconds);
}
