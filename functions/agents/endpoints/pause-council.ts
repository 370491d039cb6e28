import { endpoint } from '../../platform/endpoint.ts';
import { pauseRun } from '../../runs/lifecycle/pause.ts';
import { Council, CouncilParams } from '../council/council.ts';
import { requireOpenCouncil } from '../council/find-council.ts';
import { showCouncil } from '../council/show-council.ts';

/**
 * Pauses a council: members who are answering finish, nobody else is asked until it is resumed. A paused council is
 * returned as it is. Answers 409 for one that has ended.
 */
export const pauseCouncil = endpoint({
  name: 'agents-pause-council',
  route: 'POST /api/v1/agents/council/{id}/pause',
  access: 'agents:write',
  summary: 'Pauses a council; who is answering finishes.',
  params: CouncilParams,
  reply: { 200: Council },
}).handle(async ({ params, transaction }) => {
  const { run_id: runId } = await requireOpenCouncil(transaction, params.id);
  await pauseRun(transaction, runId);
  return { status: 200, body: await showCouncil(transaction, params.id) };
});
