import { z } from 'zod';
import { createId } from '../../platform/id.ts';
import { showOnOneLine } from '../../platform/models/show-as-data.ts';
import { insertReturnedTask } from '../../platform/queue/task.ts';
import { faultOf, findWorkerModel } from '../../runs/open-model.ts';
import { appendNodes } from '../../runs/planning/append-nodes.ts';
import { graphNode } from '../../runs/planning/graph.ts';
import { settleAfter } from '../../runs/run.ts';
import { answer, failure, tool } from '../../tools/tool.ts';
import { MOST_AGENTS, TakeAgentTurn, Task } from '../agent.ts';
import { agentTools } from '../agent-tools.ts';
import { type AgentType, ModelOfType } from '../agent-type.ts';
import { instructionOf } from '../built-in-types.ts';
import { type AgentRow, countAgents, insertAgent, refuseFullTree } from '../sql/agent.ts';

/**
 * Spawns an agent below this one, in the transaction that records the call. The number of agents in the tree is checked
 * again there, under the run's lock: when agents that spawn at the same time have filled the tree, the engine makes the
 * call again and the model reads that the tree is full.
 */
export const spawnAgent = (self: AgentRow, name: string, types: readonly AgentType[]) =>
  tool({
    name: 'spawn_agent',
    description: `Spawns an agent that works on a part of your task, beside you and with the same budget and files. It sees nothing of your conversation. Answers its id at once; wait_for_agents waits for its result. When you end, agents that still work are cancelled. Types:\n${types.map(describe).join('\n')}`,
    parameters: z.strictObject({
      task: Task.meta({ description: 'Everything that the agent must know and what it must answer' }),
      agent_type: z.string().max(50).default('general'),
      tools: z.array(z.string().max(100)).max(100).optional().meta({ description: 'Only these of its tools' }),
    }),
    safeToRepeat: true,
    execute: async ({ task, agent_type, tools: wanted }, { database, tenantId, runId, callKey }) => {
      const type = types.find((one) => one.name === agent_type);
      if (type === undefined)
        return failure(`There is no type ${agent_type}; there are ${types.map((one) => one.name).join(', ')}.`);
      const missing = wanted?.find((one) => !type.tools.includes(one));
      if (missing !== undefined)
        return failure(`The type ${agent_type} has no tool ${missing}; it has ${type.tools.join(', ')}.`);
      const { tree, children } = await countAgents(database, self);
      if (tree >= MOST_AGENTS)
        return failure(
          `The tree has ${tree} agents, the most that a tree may have, and agents that have ended count. Do the rest of the work yourself.`,
        );
      const agent: AgentRow = {
        ...self,
        id: createId('agent'),
        node_id: createId('node'),
        parent_id: self.id,
        depth: self.depth + 1,
        agent_type,
        task,
        instruction: instructionOf(type),
        tools: agentTools(type, { depth: self.depth + 1, allowed: self.allowed_tools, wanted }),
        turns: type.turns,
      };
      const choice =
        ModelOfType.parse(self.wanted_model ?? type.model) ?? (await findWorkerModel(database, agent_type));
      const fault = await faultOf(choice);
      if (fault !== undefined) return failure(fault);
      const node = graphNode(childName(agent_type, { name, depth: self.depth }, children + 1), agent_type, []);
      return answer(`Spawned ${agent.id} (${agent_type}).`, {
        statements: [
          refuseFullTree(runId, MOST_AGENTS),
          ...appendNodes(runId, [node], {
            turnStep: TakeAgentTurn.step,
            choice: () => choice,
            id: () => agent.node_id,
          }),
          insertAgent(agent, callKey),
          insertReturnedTask(tenantId, settleAfter(tenantId, runId, callKey)),
        ],
        facts: { agent_id: agent.id, agent_type, spawned: node.name },
      });
    },
  });

function describe({ name, description }: AgentType): string {
  return `- ${name}: ${showOnOneLine(description)}`;
}

/** Returns the name of a node from its place in the tree: `coder.2.1` is the first child of the root's second child. */
function childName(type: string, parent: { name: string; depth: number }, number: number): string {
  // The name of a type has no dot.
  const place = parent.depth === 0 ? [] : parent.name.split('.').slice(1);
  return [type, ...place, number].join('.');
}
