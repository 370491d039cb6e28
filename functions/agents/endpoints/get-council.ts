import { endpoint } from '../../platform/endpoint.ts';
import { Council, CouncilParams } from '../council/council.ts';
import { showCouncil } from '../council/show-council.ts';

/** Returns a council with all rounds, stances and, when it has ended, its outcome. */
export const getCouncil = endpoint({
  name: 'agents-get-council',
  route: 'GET /api/v1/agents/council/{id}',
  access: 'agents:read',
  summary: 'Returns a council: rounds, stances, agreements, disagreements and outcome.',
  params: CouncilParams,
  reply: { 200: Council },
}).query(async ({ params, read }) => ({ status: 200, body: await showCouncil(read, params.id) }));
