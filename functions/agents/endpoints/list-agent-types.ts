import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { AgentType } from '../agent-type.ts';
import { findTypes } from '../find-type.ts';

/** Lists the types of agents: the built-in ones, then those of the tenant. There are few, so there is one page. */
export const listAgentTypes = endpoint({
  name: 'agents-list-agent-types',
  route: 'GET /api/v1/agents/types',
  access: 'agents:read',
  summary: 'Lists the types of agents: the built-in ones and those of your tenant.',
  reply: { 200: z.strictObject({ items: z.array(AgentType), next_cursor: z.null() }) },
}).query(async ({ read }) => ({ status: 200, body: { items: await findTypes(read), next_cursor: null } }));
