import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { hasEnded, RunParams, Sprint } from '../run.ts';
import { appendEvents } from '../sql/event.ts';
import { cancelNodes } from '../sql/node.ts';
import { findRunStatus, findSprintById, lockRun, updateRunCancelled } from '../sql/run.ts';

/**
 * Cancels a sprint in whatever state it is, without its workers' help: their claims are zombies from this commit on, which they notice within seconds, and
 * the command that one of them runs is killed. 202 when this call cancelled it, 200 when it had ended before.
 */
export const cancelSprint = endpoint({
  name: 'runs-cancel-sprint',
  route: 'POST /api/v1/sprints/{id}/cancel',
  access: 'runs:write',
  summary: 'Cancels a sprint, in any state, within seconds.',
  params: RunParams,
  reply: { 202: Sprint, 200: Sprint },
}).handle(async ({ params, transaction }) => {
  await transaction.query(lockRun(params.id));
  const run = await findRunStatus(transaction, params.id);
  if (run === undefined) throw new Problem('not-found', 'There is no such sprint.');
  let cancelled = false;
  if (!hasEnded(run.status)) {
    await transaction.query(cancelNodes(params.id));
    cancelled = await updateRunCancelled(transaction, params.id);
    const event = {
      type: 'run_cancelled',
      level: 'warning',
      source: 'system',
      message: 'The sprint was cancelled',
    } as const;
    if (cancelled) await transaction.query(appendEvents(params.id, [event]));
  }
  const sprint = await findSprintById(transaction, params.id);
  if (sprint === undefined) throw new Problem('not-found', 'There is no such sprint.');
  return cancelled ? { status: 202, body: sprint } : { status: 200, body: sprint };
});
