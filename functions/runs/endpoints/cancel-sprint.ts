import { endpoint } from '../../platform/endpoint.ts';
import { showSprint } from '../find-run.ts';
import { cancelRun } from '../lifecycle/cancel.ts';
import { RunParams } from '../run.ts';
import { Sprint } from '../run-view.ts';

/**
 * Cancels a sprint in any state (`cancelRun`). Answers 202 when this call cancelled it, 200 when it had already ended.
 */
export const cancelSprint = endpoint({
  name: 'runs-cancel-sprint',
  route: 'POST /api/v1/sprints/{id}/cancel',
  access: 'runs:write',
  summary: 'Cancels a sprint, in any state, within seconds.',
  params: RunParams,
  reply: { 202: Sprint, 200: Sprint },
}).handle(async ({ params, transaction, caller }) => {
  const isCancelled = await cancelRun(transaction, caller.tenantId, params.id);
  const body = await showSprint(transaction, params.id);
  return isCancelled ? { status: 202, body } : { status: 200, body };
});
