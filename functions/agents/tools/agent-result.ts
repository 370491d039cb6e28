import { z } from 'zod';
import { answer, failure, tool } from '../../tools/tool.ts';
import { AgentId } from '../agent.ts';
import { showAgent } from '../show-agents.ts';
import { type AgentRow, listChildren } from '../sql/agent.ts';

/** Answers the state and the whole result of an agent that this one has spawned, a long result in parts. */
export const agentResult = (self: Pick<AgentRow, 'id'>) =>
  tool({
    name: 'agent_result',
    description:
      'Answers the state of an agent that you have spawned, and its result: 40,000 characters from `from` on.',
    parameters: z.strictObject({ id: AgentId, from: z.int().min(0).default(0) }),
    safeToRepeat: true,
    execute: async ({ id, from }, { database }) => {
      const child = (await listChildren(database, self.id)).find((one) => one.id === id);
      return child === undefined ? failure(`You have spawned no agent ${id}.`) : answer(showAgent(child, from));
    },
  });
