import { endpoint } from '../../platform/endpoint.ts';
import { resumeRun } from '../../runs/lifecycle/pause.ts';
import { Council, CouncilParams } from '../council/council.ts';
import { requireOpenCouncil } from '../council/find-council.ts';
import { showCouncil } from '../council/show-council.ts';

/** Resumes a paused council. One that is not paused is returned as it is. Answers 409 for one that has ended. */
export const resumeCouncil = endpoint({
  name: 'agents-resume-council',
  route: 'POST /api/v1/agents/council/{id}/resume',
  access: 'agents:write',
  summary: 'Resumes a paused council.',
  params: CouncilParams,
  reply: { 200: Council },
}).handle(async ({ params, transaction, caller }) => {
  const { run_id: runId } = await requireOpenCouncil(transaction, params.id);
  await resumeRun(transaction, caller.tenantId, runId);
  return { status: 200, body: await showCouncil(transaction, params.id) };
});
