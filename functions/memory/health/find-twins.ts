import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { calibrationOf } from '../../platform/language/claims/calibrations.ts';
import { type ReadStatement, readForComparison } from '../../platform/language/claims/relate.ts';
import { type Sameness, sayTheSame } from '../../platform/language/claims/say-the-same.ts';

/** Each of the newest facts is compared with each other one, so only so many are. */
export const MOST_COMPARED = 1000;
/** More pairs are not returned. */
export const MOST_TWINS = 1000;

/** What the database is asked for. */
export interface NearSearch {
  /** Only so many of the newest facts or statements are compared. */
  mostCompared: number;
  /** Each is paired with so many: the nearest of those that are newer. */
  nearest: number;
}
export const NEAR_SEARCH: NearSearch = { mostCompared: MOST_COMPARED, nearest: 8 };

/** A fact or a statement with the nearest newer ones that may say the same. */
export interface NearRow {
  id: string;
  text: string;
  embedder: string;
  /** With their cosine. */
  near: readonly { id: string; similarity: number }[];
}

/** The ids of two facts or statements that say the same, the older one first. */
export interface Twin {
  one: string;
  other: string;
  /** Cosine of the vectors. */
  similarity: number;
  reason: Sameness;
}

/**
 * The work of all comparisons, in pairs of words: about 0.4 s on one slow core. 8,000 pairs of facts of eight words
 * need less than the half; of many long texts only the nearest pairs are compared.
 */
const MOST_WORK = 5_000_000;
/** The work of a pair without its words, and of reading a letter. */
const WORK_OF = { pair: 150, letter: 4 };
/** Other requests are served after so many milliseconds. */
const TURN_MS = 10;

/**
 * Returns the pairs that say the same, in the order of their ids. Vectors choose the candidates ({@link NearRow}, from
 * the cosine that the embedder's calibration names), words decide ({@link sayTheSame}): no cosine tells a claim from
 * its denial.
 */
export async function findTwins(rows: readonly NearRow[]): Promise<Twin[]> {
  const texts = new Map(rows.map(({ id, text }) => [id, text]));
  const known = new Map<string, ReadStatement>();
  let [work, turn] = [0, performance.now()];
  const read = (id: string) => {
    const text = texts.get(id) ?? '';
    const statement = known.get(id) ?? readForComparison(text);
    if (!known.has(id)) work += WORK_OF.letter * text.length;
    known.set(id, statement);
    return statement;
  };
  const twins: Twin[] = [];
  for (const { one, other, similarity, scale } of candidatesOf(rows)) {
    const [first, second] = [read(one), read(other)];
    work += WORK_OF.pair + first.whole.words.length * second.whole.words.length;
    if (work > MOST_WORK || twins.length === MOST_TWINS) break;
    const reason = sayTheSame(first, second, similarity, scale);
    if (reason !== undefined) twins.push({ one, other, similarity, reason });
    if (performance.now() - turn < TURN_MS) continue;
    await yieldToOthers();
    turn = performance.now();
  }
  return twins.sort((first, second) => (isBefore(first, second) ? -1 : 1));
}

/** Returns the pairs whose vectors are near enough to compare their words, the nearest first. */
function candidatesOf(rows: readonly NearRow[]) {
  const pairs = rows.flatMap(({ id, embedder, near }) => {
    const scale = calibrationOf(embedder);
    return near.flatMap(({ id: other, similarity }) =>
      similarity >= scale.candidate ? [{ one: id, other, similarity, scale }] : [],
    );
  });
  return pairs.sort((first, second) => second.similarity - first.similarity);
}

/** Returns whether a pair of ids is listed before another one. */
export function isBefore(first: Pick<Twin, 'one' | 'other'>, second: Pick<Twin, 'one' | 'other'>): boolean {
  return first.one === second.one ? first.other < second.other : first.one < second.one;
}
