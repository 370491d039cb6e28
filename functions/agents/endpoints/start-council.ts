import { endpoint } from '../../platform/endpoint.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { Council, StartCouncilBody } from '../council/council.ts';
import { showCouncil } from '../council/show-council.ts';
import { startCouncil } from '../council/start-council.ts';

/**
 * Starts a council: members with parts of their own answer a question in rounds, each sees the rounds before, and a
 * chair sums up each round. It ends when the share `threshold` of the members holds one position, or after `rounds`.
 * In the mode `vote` each member answers once. The council and its first tasks are one transaction.
 */
export const startCouncilEndpoint = endpoint({
  name: 'agents-start-council',
  route: 'POST /api/v1/agents/council',
  access: 'agents:write',
  summary: 'Starts a council of agents that deliberate in rounds, or vote once.',
  body: StartCouncilBody,
  reply: { 201: Council },
  deployment: { secrets: MODEL_KEYS },
}).handle(async ({ body, transaction }) => {
  const id = await startCouncil(transaction, body);
  return {
    status: 201,
    body: await showCouncil(transaction, id),
    headers: { location: `/api/v1/agents/council/${id}` },
  };
});
