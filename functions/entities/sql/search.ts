import type { Queryable } from '../../platform/database/database.ts';
import { SENTENCE_BM25 } from '../../platform/language/bm25.ts';
import type { AskedTerms } from '../../platform/language/read-question.ts';

/** Statements of search. Each calls a definer function that takes the tenant and the user from the transaction. */

export interface FoundBlock {
  repository: string;
  path: string;
  block: string;
  heading: string;
  text: string;
  commit_id: string;
  valid_from: string;
  valid_to: string | null;
  score: number;
  bm25: number;
  coverage: number;
}

/**
 * Returns the blocks of the user's entity files that match a question, best first: current blocks, or those of the
 * moment `asOf`. The definer function returns keys and scores only; the join reads the blocks under row-level security.
 */
export async function searchMemoryBlocks(
  queryable: Queryable,
  search: AskedTerms & { asOf: string | undefined; limit: number },
): Promise<FoundBlock[]> {
  return queryable.query<FoundBlock>({
    name: 'search_memory_blocks',
    text: `select b.repository, b.path, b.block, b.heading, b.text, b.commit_id, b.valid_from, b.valid_to, f.score, f.bm25, f.coverage
      from search_memory_blocks($1, $2, $3, $4, $5, $6, $7, $8) f
      join memory_blocks b on b.tenant_id = current_tenant_id() and b.user_id = current_user_id()
        and b.path = f.path and b.block = f.block and b.valid_from = f.valid_from
      order by f.score desc, b.valid_from desc, b.path, b.block`,
    values: [
      search.words,
      search.terms,
      search.weights,
      search.languages,
      search.asOf,
      search.limit,
      SENTENCE_BM25.k1,
      SENTENCE_BM25.b,
    ],
  });
}

/** The result of find_turn_candidates; the comment in find_turn_candidates.sql explains each element. */
export interface FoundTurnCandidates {
  turns: number;
  size: number;
  sessions: number;
  speakers: string[];
  terms: [term: number, lexemes: string[], turns: number, sessions: number][];
  found: [
    session: string,
    began: string,
    turns: [position: number, speaker: string, size: number, isQuestion: boolean, text: string, hits: string][],
  ][];
}

interface TurnCandidateSearch extends Pick<AskedTerms, 'words' | 'terms' | 'languages'> {
  dates: { months: number[]; years: number[]; days: number[] };
  /** Ignores turns said later than this; undefined means now. */
  asOf: string | undefined;
  mostSessions: number;
  mostTurns: number;
}

/** Returns the sessions that may answer a question, with their turns and the statistics that rank them. */
export async function findTurnCandidates(
  queryable: Queryable,
  search: TurnCandidateSearch,
): Promise<FoundTurnCandidates> {
  const { months, years, days } = search.dates;
  const [row] = await queryable.query<{ found: FoundTurnCandidates }>({
    name: 'find_turn_candidates',
    text: `select find_turn_candidates($1, $2, $3, $4, $5, $6, coalesce($7::timestamptz, 'infinity'), $8, $9) as found`,
    values: [
      search.words,
      search.terms,
      search.languages,
      months,
      years,
      days,
      search.asOf,
      search.mostSessions,
      search.mostTurns,
    ],
  });
  if (row === undefined) throw new Error('find_turn_candidates returned no row; it must return exactly one');
  return row.found;
}

/**
 * A word of a question that the memory does not contain, and a name in the memory that differs from it by one letter.
 */
export interface Correction {
  word: string;
  name: string;
}

/**
 * Returns, for each word that the user's memory does not contain, at most two similar names that the user may see,
 * likelier first.
 */
export async function findSpellings(queryable: Queryable, words: readonly string[]): Promise<Correction[]> {
  return queryable.query<Correction>({
    name: 'find_spellings',
    text: 'select word, name from find_spellings($1)',
    values: [words],
  });
}
