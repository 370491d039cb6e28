import { endpoint } from '../../platform/endpoint.ts';
import { AgentType, TypeParams } from '../agent-type.ts';
import { requireType } from '../find-type.ts';

/** Shows a type of agents with its instruction. 404 when there is no such type. */
export const getAgentType = endpoint({
  name: 'agents-get-agent-type',
  route: 'GET /api/v1/agents/types/{agent_type}',
  access: 'agents:read',
  summary: 'Shows a type of agents with its instruction.',
  params: TypeParams,
  reply: { 200: AgentType },
}).query(async ({ params, read }) => ({ status: 200, body: await requireType(read, params.agent_type) }));
