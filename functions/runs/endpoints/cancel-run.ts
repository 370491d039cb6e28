import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { cancelRun } from '../cancel.ts';
import { RunParams } from '../run.ts';
import { Run } from '../run-view.ts';
import { findRunById } from '../sql/run-view.ts';

/** Cancels a run of any kind in whatever state it is (`cancelRun`). 202 when this call cancelled it, 200 when it had ended before. */
export const cancelRunEndpoint = endpoint({
  name: 'runs-cancel-run',
  route: 'POST /api/v1/runs/{id}/cancel',
  access: 'runs:write',
  summary: 'Cancels a run, in any state, within seconds.',
  params: RunParams,
  reply: { 202: Run, 200: Run },
}).handle(async ({ params, transaction, caller }) => {
  const cancelled = await cancelRun(transaction, caller.tenantId, params.id);
  const run = await findRunById(transaction, params.id);
  if (run === undefined) throw new Problem('not-found', 'There is no such run.');
  return cancelled ? { status: 202, body: run } : { status: 200, body: run };
});
