import { z } from 'zod';
import { insertReturnedTask } from '../../platform/queue/task.ts';
import { settleAfter } from '../../runs/run.ts';
import { answer, failure, tool } from '../../tools/tool.ts';
import { AgentId } from '../agent.ts';
import { hasAgentEnded } from '../show-agents.ts';
import { type AgentRow, cancelAgents, listChildren } from '../sql/agent.ts';

/** Cancels an agent that this one has spawned, with the agents below it, in the transaction that records the call. */
export const cancelAgent = (self: Pick<AgentRow, 'id'>) =>
  tool({
    name: 'cancel_agent',
    description: 'Cancels an agent that you have spawned and the agents that it has spawned.',
    parameters: z.strictObject({ id: AgentId }),
    safeToRepeat: true,
    execute: async ({ id }, { database, tenantId, runId, callKey }) => {
      const child = (await listChildren(database, self.id)).find((one) => one.id === id);
      if (child === undefined) return failure(`You have spawned no agent ${id}.`);
      if (hasAgentEnded(child)) return answer(`The agent ${id} had ended already: ${child.status}.`);
      const settle = settleAfter(tenantId, runId, callKey);
      return answer(`Cancelled ${id}.`, {
        statements: [cancelAgents(id), insertReturnedTask(tenantId, settle)],
        facts: { agent_id: id },
      });
    },
  });
