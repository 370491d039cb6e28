import type { Queryable } from '../platform/database/database.ts';
import type { Tool } from '../tools/tool.ts';
import { findTypes } from './find-type.ts';
import type { AgentRow } from './sql/agent.ts';
import { agentResult } from './tools/agent-result.ts';
import { cancelAgent } from './tools/cancel-agent.ts';
import { spawnAgent } from './tools/spawn-agent.ts';
import { waitForAgents } from './tools/wait-for-agents.ts';

/** Returns the tools with which an agent works with those that it spawns, as far as it has them. */
export async function openAgentTools(database: Queryable, name: string, agent: AgentRow): Promise<Tool[]> {
  if (!agent.tools.includes('spawn_agent')) return [];
  const types = await findTypes(database);
  const tools = [spawnAgent(agent, name, types), waitForAgents(agent), agentResult(agent), cancelAgent(agent)];
  return tools.filter((tool) => agent.tools.includes(tool.name));
}
