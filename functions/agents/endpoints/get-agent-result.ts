import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { AgentParams, AgentResult } from '../agent.ts';
import { findAgentResult } from '../sql/agent-view.ts';

/** Returns what an agent has answered. Before its end, `result` is null and `status` says how far it is. */
export const getAgentResult = endpoint({
  name: 'agents-get-agent-result',
  route: 'GET /api/v1/agents/{id}/result',
  access: 'agents:read',
  summary: 'Returns the result of an agent.',
  params: AgentParams,
  reply: { 200: AgentResult },
}).query(async ({ params, read }) => {
  const body = await findAgentResult(read, params.id);
  if (body === undefined) throw new Problem('not-found', 'There is no such agent.');
  return { status: 200, body };
});
