import { z } from 'zod';
import { Sameness } from '../../platform/language/claims/say-the-same.ts';
import { Memory } from '../memory.ts';
import { findTwins, MOST_COMPARED, MOST_TWINS, type NearRow } from './find-twins.ts';

/**
 * The health of a user's own facts: `stale` (nobody used, stated or changed the fact for some days), `rarely_used` (at
 * most {@link FEW_USES} uses, and older than {@link GRACE_DAYS} days) and `duplicates` (two facts of one scope that say
 * the same). A use is a run or a chat that had the fact in its context. Nothing changes by itself: a user merges,
 * corrects or deletes.
 */

/** What makes a fact, or a statement of the village, stale or rarely used. */
export interface HealthRule {
  /** Not used, stated or changed for this many days: stale. */
  staleDays: number;
  /** Used at most this often: rarely used. */
  fewUses: number;
  /** A younger fact is never rarely used. */
  graceDays: number;
}

const STALE_DAYS = 30;
const FEW_USES = 2;
const GRACE_DAYS = 7;

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

/** What is known of two facts or statements that say the same. */
export const TWIN = {
  similarity: z.number().min(0).max(1).meta({ description: 'Cosine of the vectors' }),
  reason: Sameness.meta({ description: '`same_words`: in signs and letter case at most they differ' }),
};

/** Two facts that say the same. */
export const Twins = z.strictObject({
  one: UsedMemory.meta({ description: 'The older one' }),
  other: UsedMemory,
  ...TWIN,
});

/** The reply of the endpoints that count. */
export const HealthCounts = z.strictObject({
  facts: z.int().min(0).meta({ description: 'Your own facts that are true now; of the village your own statements' }),
  stale: z.int().min(0),
  rarely_used: z.int().min(0),
  duplicates: z.int().min(0).max(MOST_TWINS).meta({ description: 'Pairs' }),
  compared: z.int().min(0).max(MOST_COMPARED).meta({ description: 'How many were compared for duplicates' }),
});

/** Returns the reply from what the database counted, and from what it found near. */
export async function healthCounts(
  counts: { facts: number; stale: number; rarely_used: number },
  near: readonly NearRow[],
): Promise<z.infer<typeof HealthCounts>> {
  const twins = await findTwins(near);
  return { ...counts, duplicates: twins.length, compared: Math.min(counts.facts, MOST_COMPARED) };
}
