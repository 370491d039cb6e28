import { z } from 'zod';
import type { Database } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { answer, failure, tool } from '../../tools/tool.ts';
import { startRun as start } from '../lifecycle/start.ts';
import { singleGraph, sprintGraph, unplannedGraph } from '../planning/graph.ts';
import { findRunStartedBy, updateRunStartedBy } from '../sql/started-run.ts';
import { plannableWorkers, TEAM_WORKERS } from '../worker.ts';

/**
 * Starts a run or a sprint for the person of a conversation. It works on by itself; the conversation shows it live. The
 * run remembers the call that started it, so a repeated call starts no second one.
 */
export const startRun = (database: Database) =>
  tool({
    name: 'start_run',
    description:
      'Starts work that takes a team minutes: `sprint` builds software with chef, backend, frontend and devops; `run` lets a planner draw the graph, or one worker answer alone. Answers the id at once; the person sees the run live. Costs money: only when the person asked for it.',
    parameters: z.strictObject({
      kind: z.enum(['run', 'sprint']),
      task: z.string().trim().min(1).max(20_000).meta({ description: 'The whole task; the team knows nothing else' }),
      worker: z.string().max(50).optional().meta({ description: 'Only for a run: the one worker that answers it' }),
      budget_usd: z.number().positive().max(10_000).optional(),
    }),
    safeToRepeat: true,
    execute: async ({ kind, task, worker, budget_usd }, { tenantId, userId, callKey }) => {
      const names = plannableWorkers().map(({ assignment }) => assignment);
      if (worker !== undefined && !names.includes(worker))
        return failure(`There is no worker ${worker}; there are ${names.join(', ')}.`);
      const graph = kind === 'sprint' ? sprintGraph(TEAM_WORKERS) : worker ? singleGraph(worker) : unplannedGraph();
      const team = kind === 'sprint' ? TEAM_WORKERS : [];
      const settings = { kind, query: task, team, budget_usd, agent_type: worker };
      try {
        const id = await database.as({ kind: 'tenant', tenantId, userId }).transaction(async (transaction) => {
          const known = await findRunStartedBy(transaction, callKey);
          if (known !== undefined) return known;
          const started = await start(transaction, settings, graph);
          await transaction.query(updateRunStartedBy(started, callKey));
          return started;
        });
        return answer(`Started the ${kind} ${id}. It works on by itself.`, { facts: { run_id: id, run_kind: kind } });
      } catch (error) {
        if (error instanceof Problem) return failure(error.message);
        throw error;
      }
    },
  });
