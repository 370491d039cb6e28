import { endpoint } from '../../platform/endpoint.ts';
import { cancelRun } from '../../runs/lifecycle/cancel.ts';
import { Council, CouncilParams } from '../council/council.ts';
import { requireCouncil } from '../council/find-council.ts';
import { showCouncil } from '../council/show-council.ts';

/**
 * Stops a council, without the help of the processes that ask its members. What was said stays, and the outcome is what
 * the last closed round or, in the first round, the stances say. A council that has ended is returned as it is.
 */
export const stopCouncil = endpoint({
  name: 'agents-stop-council',
  route: 'POST /api/v1/agents/council/{id}/stop',
  access: 'agents:write',
  summary: 'Stops a council and keeps what was said.',
  params: CouncilParams,
  reply: { 200: Council },
}).handle(async ({ params, transaction, caller }) => {
  const { run_id: runId } = await requireCouncil(transaction, params.id);
  await cancelRun(transaction, caller.tenantId, runId);
  return { status: 200, body: await showCouncil(transaction, params.id) };
});
