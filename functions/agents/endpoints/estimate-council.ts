import { endpoint } from '../../platform/endpoint.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { Estimate, StartCouncilBody } from '../council/council.ts';
import { planCouncil } from '../council/start-council.ts';

/**
 * Says what a council would probably cost if it held every round. It starts nothing. The figure follows from the prices
 * of the members' models, the rounds and typical numbers of tokens (`council/foresee-cost.ts`).
 */
export const estimateCouncil = endpoint({
  name: 'agents-estimate-council',
  route: 'POST /api/v1/agents/council/estimate',
  access: 'agents:read',
  summary: 'Says what a council would probably cost, and starts nothing.',
  body: StartCouncilBody,
  reply: { 200: Estimate },
  deployment: { secrets: MODEL_KEYS },
}).query(async ({ body, read }) => ({ status: 200, body: (await planCouncil(read, body)).foreseen }));
