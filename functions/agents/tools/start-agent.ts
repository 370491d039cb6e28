import { z } from 'zod';
import type { Database } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { answer, failure, tool } from '../../tools/tool.ts';
import { Task } from '../agent.ts';
import { builtInTypes } from '../built-in-types.ts';
import { findTreeSpawnedBy } from '../sql/agent.ts';
import { startTree } from '../start-tree.ts';

/**
 * Starts a tree of agents for the person of a conversation. It works on by itself; the conversation shows it live. The
 * agent remembers the call that started it, so a repeated call starts no second one.
 */
export const startAgent = (database: Database) =>
  tool({
    name: 'spawn_agent',
    description: `Starts an agent that works on a task by itself and may spawn others. Answers its id at once; the person sees it live. Costs money: only when the person asked for an agent. Types: ${[...builtInTypes().keys()].join(', ')}, and those that the tenant has added.`,
    parameters: z.strictObject({
      task: Task.meta({ description: 'The whole task; the agent knows nothing else' }),
      agent_type: z.string().max(50).default('general'),
      budget_usd: z.number().positive().max(10_000).optional(),
    }),
    safeToRepeat: true,
    execute: async (wanted, { tenantId, userId, callKey }) => {
      try {
        const { id, run_id: runId } = await database
          .as({ kind: 'tenant', tenantId, userId })
          .transaction(
            async (transaction) =>
              (await findTreeSpawnedBy(transaction, callKey)) ?? (await startTree(transaction, wanted, callKey)),
          );
        return answer(`Started the agent ${id} in the run ${runId}. It works on by itself.`, {
          facts: { agent_id: id, run_id: runId, run_kind: 'agent' },
        });
      } catch (error) {
        if (error instanceof Problem) return failure(error.message);
        throw error;
      }
    },
  });
