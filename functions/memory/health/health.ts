import { z } from 'zod';
import { compareByRules } from '../../platform/language/compare-by-rules.ts';
import { splitSentences } from '../../platform/language/sentences.ts';
import { Memory } from '../memory.ts';

/**
 * The health of a user's own facts: `stale` (nobody used, stated or changed the fact for some days), `rarely_used` (at
 * most {@link FEW_USES} uses, and older than {@link GRACE_DAYS} days) and `duplicates` (two facts of one scope with
 * nearly the same vector). A use is a run or a chat that had the fact in its context. Nothing changes by itself: a user
 * merges, corrects or deletes.
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
/** The least cosine of two texts that say the same. */
const TWIN_SIMILARITY = 0.95;
/** Every fact is compared with every other one, so only the newest are. More pairs are not counted. */
const MOST_COMPARED = 1000;

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

/** The ids of two facts or statements that say the same. */
export interface TwinRow {
  one: string;
  other: string;
  one_text: string;
  other_text: string;
  similarity: number;
}

/** Of the sentences in which two near texts differ so many are compared. */
const MOST_CHANGED = 8;

/** Returns whether near texts say the same. Vectors hardly tell a claim from its denial, so words decide. */
export function sayTheSame({ one_text: one, other_text: other }: TwinRow): boolean {
  const [before, after] = [new Set(splitSentences(one)), new Set(splitSentences(other))];
  const changed = [...after].filter((sentence) => !before.has(sentence)).slice(0, MOST_CHANGED);
  const replaced = [...before].filter((sentence) => !after.has(sentence)).slice(0, MOST_CHANGED);
  return !changed.some((fresh) =>
    replaced.some((text) => compareByRules(fresh, { id: '', text })?.relation === 'contradict'),
  );
}

export interface TwinSearch {
  /** The least cosine of two facts that say the same. */
  threshold: number;
  /** Only so many of the newest facts are compared, because each is compared with each. */
  mostCompared: number;
  after?: Pick<TwinRow, 'one' | 'other'> | undefined;
  limit: number;
}

/** Returns what finds a page of pairs. */
export const twinSearch = (limit: number, after?: Pick<TwinRow, 'one' | 'other'>): TwinSearch => ({
  threshold: TWIN_SIMILARITY,
  mostCompared: MOST_COMPARED,
  after,
  limit,
});

/** The reply of the endpoints that count. */
export const HealthCounts = z.strictObject({
  facts: z.int().min(0).meta({ description: 'Your own facts that are true now; of the village your own statements' }),
  stale: z.int().min(0),
  rarely_used: z.int().min(0),
  duplicates: z.int().min(0).max(MOST_COMPARED).meta({ description: 'Pairs' }),
  compared: z.int().min(0).max(MOST_COMPARED).meta({ description: 'How many were compared for duplicates' }),
});

/** Returns the reply from what the database counted. */
export async function healthCounts(
  counts: { facts: number; stale: number; rarely_used: number },
  list: (search: TwinSearch) => Promise<TwinRow[]>,
): Promise<z.infer<typeof HealthCounts>> {
  const twins = (await list(twinSearch(MOST_COMPARED))).filter(sayTheSame);
  return { ...counts, duplicates: twins.length, compared: Math.min(counts.facts, MOST_COMPARED) };
}
