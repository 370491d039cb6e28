import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { NodeStatus } from '../../runs/planning/graph.ts';
import { RunId, Timestamp } from '../../runs/run.ts';
import { Agent, AgentId } from '../agent.ts';
import { TypeName } from '../agent-type.ts';
import { listAgents } from '../sql/agent-view.ts';

const Position = z.strictObject({ created_at: Timestamp, id: AgentId });

/** Lists the tenant's agents, newest first: the roots, or the agents that one agent has spawned. */
export const listAgentsEndpoint = endpoint({
  name: 'agents-list-agents',
  route: 'GET /api/v1/agents',
  access: 'agents:read',
  summary: 'Lists agents, newest first: the roots of trees, or those that one agent has spawned.',
  query: z.strictObject({
    ...pageQuery,
    status: NodeStatus.optional(),
    agent_type: TypeName.optional(),
    q: z.string().trim().min(1).max(200).optional().meta({ description: 'A part of the task; case is ignored' }),
    parent_id: AgentId.optional().meta({ description: 'Left out: the roots' }),
    run_id: RunId.optional().meta({ description: 'Only the tree of this run' }),
  }),
  reply: { 200: pageOf(Agent) },
}).query(async ({ query, read, cursor }) => {
  const before = cursor.decode(query.cursor, Position);
  const filter = {
    parentId: query.parent_id,
    status: query.status,
    agentType: query.agent_type,
    text: query.q,
    runId: query.run_id,
  };
  const found = await listAgents(read, filter, { limit: query.limit + 1, before });
  const items = found.slice(0, query.limit);
  const last = found.length > query.limit ? items.at(-1) : undefined;
  const next = last ? cursor.encode({ created_at: last.created_at, id: last.id }) : null;
  return { status: 200, body: { items, next_cursor: next } };
});
