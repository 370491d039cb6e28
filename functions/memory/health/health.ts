import { z } from 'zod';
import { Memory } from '../memory.ts';
import type { HealthRule } from '../sql/memory-health.ts';

/**
 * The health of a user's own facts: `stale` (nobody used, stated or changed the fact for some days), `rarely_used` (at
 * most {@link FEW_USES} uses, and older than {@link GRACE_DAYS} days) and `duplicates` (two facts of one scope with
 * nearly the same vector). A use is a run or a chat that had the fact in its context. Nothing changes by itself: a user
 * merges, corrects or deletes.
 */

const STALE_DAYS = 30;
const FEW_USES = 2;
const GRACE_DAYS = 7;
/** The least cosine of two facts that say the same. */
export const TWIN_SIMILARITY = 0.95;
/** Every fact is compared with every other one, so only the newest are. */
export const MOST_COMPARED = 1000;

/** The query parameter of the endpoints of health. */
export const StaleDays = z.coerce
  .number()
  .int()
  .min(1)
  .max(3650)
  .default(STALE_DAYS)
  .meta({ description: 'After how many days without use a fact is stale' });

export const healthRule = (staleDays = STALE_DAYS): HealthRule => ({
  staleDays,
  fewUses: FEW_USES,
  graceDays: GRACE_DAYS,
});

export const UsedMemory = Memory.extend({
  uses: z.int().min(0).meta({ description: 'How many runs and chats had the fact in their context' }),
  last_used_at: z.string().nullable(),
});
export type UsedMemory = z.infer<typeof UsedMemory>;

/** Two facts that say the same. */
export const Twins = z.strictObject({
  one: UsedMemory.meta({ description: 'The older one' }),
  other: UsedMemory,
  similarity: z.number().min(0).max(1).meta({ description: 'Cosine of the vectors' }),
});
