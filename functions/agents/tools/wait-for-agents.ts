import { z } from 'zod';
import { answer, failure, tool } from '../../tools/tool.ts';
import { AgentId } from '../agent.ts';
import { hasAgentEnded, showAgents } from '../show-agents.ts';
import { type AgentRow, type ChildRow, listChildren, sleepUntilAgents } from '../sql/agent.ts';

/** The longest time that an agent waits in one call. */
const LONGEST_WAIT_SECONDS = 3_600;

/**
 * Waits until agents that this one has spawned have ended, all or the first of them. The node sleeps without a lease
 * and without a place; the end of each agent wakes it, also a failure and a cancellation. Answers states and results.
 */
export const waitForAgents = (self: Pick<AgentRow, 'id' | 'node_id'>) =>
  tool({
    name: 'wait_for_agents',
    description:
      'Waits until agents that you have spawned have ended, and answers their states and results. Without ids: all of them. With wait_seconds 0 it only looks.',
    parameters: z.strictObject({
      ids: z.array(AgentId).min(1).max(20).optional(),
      mode: z.enum(['all', 'any']).default('all').meta({ description: 'Whether to wait for all or for the first' }),
      wait_seconds: z.int().min(0).max(LONGEST_WAIT_SECONDS).default(LONGEST_WAIT_SECONDS),
    }),
    safeToRepeat: true,
    execute: async ({ ids, mode, wait_seconds: waitSeconds }, context) => {
      const children = await listChildren(context.database, self.id);
      if (children.length === 0) return failure('You have spawned no agent.');
      const unknown = ids?.find((id) => children.every((child) => child.id !== id));
      if (unknown !== undefined) return failure(`You have spawned no agent ${unknown}.`);
      const wanted = children.filter(({ id }) => ids?.includes(id) ?? true);
      const isAll = mode === 'all';
      const isOver = isAll ? wanted.every(hasAgentEnded) : wanted.some(hasAgentEnded);
      const since = context.waitingSince === undefined ? Date.now() : Date.parse(context.waitingSince);
      const wakeAt = new Date(since + waitSeconds * 1000);
      if (isOver || wakeAt.getTime() <= Date.now())
        return answer(showAgents(wanted) + tellOpen(wanted), { facts: { agents: wanted.map(({ id }) => id) } });
      const seconds = (wakeAt.getTime() - Date.now()) / 1000;
      const asked = { ids: wanted.map(({ id }) => id), isAll, seconds };
      return { status: 'waiting', wakeAt, sleep: sleepUntilAgents(self.node_id, asked) };
    },
  });

/** Tells a model that an end of its wait is no end of the agents, so that it does not take them for failed. */
function tellOpen(agents: readonly ChildRow[]): string {
  const open = agents.filter((agent) => !hasAgentEnded(agent)).map(({ id }) => id);
  if (open.length === 0) return '';
  return `\nStill at work: ${open.join(', ')}. For their results wait again before you answer: your end cancels them.`;
}
