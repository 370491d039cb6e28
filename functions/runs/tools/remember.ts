import { z } from 'zod';
import { rememberFact } from '../../memory/recall.ts';
import type { Database } from '../../platform/database/database.ts';
import { answer, failure, tool } from '../../tools/tool.ts';
import { OverBudget } from '../../usage/meter.ts';

/**
 * Stores a fact for later sprints. It is untrusted: only runs of the same user recall it until somebody promotes it.
 * Idempotent: repeating the same words reinforces the fact and creates no second one.
 */
export const remember = (database: Database) =>
  tool({
    name: 'remember',
    description:
      'Keeps one fact for later sprints, as a complete sentence with absolute dates and names. For decisions and preferences, not for file contents.',
    parameters: z.strictObject({
      fact: z.string().trim().min(3).max(1_000),
      category: z.string().min(1).max(50).optional(),
      share: z
        .enum(['self', 'team'])
        .optional()
        .describe('self: for your own later sprints (if left out); team: for the other workers of this sprint'),
    }),
    safeToRepeat: true,
    execute: async ({ fact, category, share }, context) => {
      const remembrance = {
        database,
        tenantId: context.tenantId,
        userId: context.userId,
        runId: context.runId,
        worker: context.worker,
        text: fact,
        category: category ?? 'general',
        scope: share === 'team' ? 'sprint' : 'worker',
        signal: context.signal,
      } as const;
      try {
        await rememberFact(remembrance);
        return answer('Remembered.');
      } catch (error) {
        if (error instanceof OverBudget && !error.isTemporary)
          return failure(`The fact was not kept. ${error.message}.`);
        throw error;
      }
    },
  });
