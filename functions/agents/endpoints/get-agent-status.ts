import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { AgentParams, AgentTree } from '../agent.ts';
import { requireAgent } from '../find-agent.ts';
import { findTreeCost, listAgentsOfRun } from '../sql/agent-view.ts';

/**
 * Shows an agent with its whole tree: states, activity and costs. `GET /runs/{run_id}/stream` and the channel
 * `run:<run_id>` of the WebSocket tell each change.
 */
export const getAgentStatus = endpoint({
  name: 'agents-get-agent-status',
  route: 'GET /api/v1/agents/{id}/status',
  access: 'agents:read',
  summary: 'Shows an agent and the whole tree that it belongs to.',
  params: AgentParams,
  reply: { 200: AgentTree },
}).query(async ({ params, read }) => {
  const { run_id: runId } = await requireAgent(read, params.id);
  const [tree, cost] = await Promise.all([listAgentsOfRun(read, runId), findTreeCost(read, runId)]);
  const agent = tree.find(({ id }) => id === params.id);
  if (agent === undefined || cost === undefined) throw new Problem('not-found', 'There is no such agent.');
  return { status: 200, body: { agent, tree, ...cost } };
});
