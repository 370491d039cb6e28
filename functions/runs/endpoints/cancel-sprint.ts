import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { cancelRun } from '../cancel.ts';
import { RunParams, Sprint } from '../run.ts';
import { findSprintById } from '../sql/run.ts';

/** Cancels a sprint in whatever state it is (`cancelRun`). 202 when this call cancelled it, 200 when it had ended before. */
export const cancelSprint = endpoint({
  name: 'runs-cancel-sprint',
  route: 'POST /api/v1/sprints/{id}/cancel',
  access: 'runs:write',
  summary: 'Cancels a sprint, in any state, within seconds.',
  params: RunParams,
  reply: { 202: Sprint, 200: Sprint },
}).handle(async ({ params, transaction, caller }) => {
  const cancelled = await cancelRun(transaction, caller.tenantId, params.id);
  const sprint = await findSprintById(transaction, params.id);
  if (sprint === undefined) throw new Problem('not-found', 'There is no such sprint.');
  return cancelled ? { status: 202, body: sprint } : { status: 200, body: sprint };
});
