import type { Scoped } from '../platform/database/database.ts';
import { enqueue } from '../platform/queue/enqueue.ts';
import { createTask } from '../platform/queue/task.ts';
import { CLOCK_MARGIN_MS } from './claim.ts';
import { leaveToOtherEngine } from './other-engine.ts';
import { isKnownEngine, TakeTurn, type TakeTurnPayload } from './run.ts';
import { findLease } from './sql/lease.ts';
import { findEngineVersion } from './sql/run.ts';

/**
 * What becomes of a task whose node cannot be claimed. Mostly nothing: it is old, or a second delivery. But a queue delivers again too when the worker that had the
 * node was killed, and that delivery finds the dead worker's lease: so one more task comes when the lease would end, and does nothing if
 * the worker lives. However often the task is delivered, that is one.
 */
export async function leaveTask(tenant: Scoped, payload: TakeTurnPayload): Promise<void> {
  const { tenant_id: tenantId, run_id: runId, node_id: nodeId, generation } = payload;
  const engine = await findEngineVersion(tenant, runId);
  if (engine === undefined) return;
  if (!isKnownEngine(engine)) return leaveToOtherEngine(runId, engine);
  const lease = await findLease(tenant, nodeId, generation);
  if (lease === undefined) return;
  const endsAt = new Date(Date.now() + lease.seconds_left * 1000 + CLOCK_MARGIN_MS);
  const again = createTask(TakeTurn, payload, `held:${nodeId}:${generation}:${lease.fence}`, endsAt);
  await tenant.transaction((transaction) => enqueue(transaction, tenantId, again));
}
