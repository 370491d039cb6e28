import { endpoint } from '../../platform/endpoint.ts';
import { showRun } from '../find-run.ts';
import { cancelRun } from '../lifecycle/cancel.ts';
import { RunParams } from '../run.ts';
import { Run } from '../run-view.ts';

/**
 * Cancels a run of any kind in any state (`cancelRun`). Answers 202 when this call cancelled it, 200 when it had
 * already ended.
 */
export const cancelRunEndpoint = endpoint({
  name: 'runs-cancel-run',
  route: 'POST /api/v1/runs/{id}/cancel',
  access: 'runs:write',
  summary: 'Cancels a run, in any state, within seconds.',
  params: RunParams,
  reply: { 202: Run, 200: Run },
}).handle(async ({ params, transaction, caller }) => {
  const isCancelled = await cancelRun(transaction, caller.tenantId, params.id);
  const body = await showRun(transaction, params.id);
  return isCancelled ? { status: 202, body } : { status: 200, body };
});
