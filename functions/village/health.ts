import { z } from 'zod';
import { TWIN } from '../memory/health/health.ts';
import { Statement } from './statement.ts';

/**
 * The health of a user's own statements, by the rules of facts (functions/memory/health/health.ts). A use is a search
 * that showed the statement. Duplicates are statements of one agent that the same readers see.
 */

export const UsedStatement = Statement.extend({
  uses: z.int().min(0).meta({ description: 'The searches that showed it, or what was merged into it' }),
  last_used_at: z.string().nullable(),
});
export type UsedStatement = z.infer<typeof UsedStatement>;

/** Two statements that say the same. */
export const StatementTwins = z.strictObject({
  one: UsedStatement.meta({ description: 'The older one' }),
  other: UsedStatement,
  ...TWIN,
});
