import { endpoint } from '../../platform/endpoint.ts';
import { Agent, AgentParams } from '../agent.ts';
import { cancelAgentTree } from '../cancel-agent-tree.ts';
import { requireAgent } from '../find-agent.ts';

/**
 * Cancels an agent with all agents below it, in any state. Of a root it cancels the whole tree; else the agent that has
 * spawned it goes on and reads that it was cancelled. Answers 202 when this call cancelled it, 200 when it had already
 * ended.
 */
export const cancelAgent = endpoint({
  name: 'agents-cancel-agent',
  route: 'POST /api/v1/agents/{id}/cancel',
  access: 'agents:write',
  summary: 'Cancels an agent and all agents below it, in any state, within seconds.',
  params: AgentParams,
  reply: { 202: Agent, 200: Agent },
}).handle(async ({ params, transaction, caller }) => {
  const agent = await requireAgent(transaction, params.id);
  const isCancelled = await cancelAgentTree(transaction, caller.tenantId, agent);
  const body = await requireAgent(transaction, params.id);
  return isCancelled ? { status: 202, body } : { status: 200, body };
});
