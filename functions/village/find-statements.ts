import { vectorRankingOf } from '../memory/search/find-facts.ts';
import { embedQuery } from '../memory/search/query.ts';
import type { Database, Queryable } from '../platform/database/database.ts';
import { askedTerms, readQuestion } from '../platform/language/read-question.ts';
import type { EmbeddingPayer } from '../usage/embed-texts.ts';
import { findSpeaker } from './sql/agent.ts';
import { countAccesses, type ScoredStatementRow, type StatementFilter, searchStatements } from './sql/statement.ts';
import type { FoundStatement } from './statement.ts';

export interface VillageSearch {
  database: Database;
  /** Runs the search; its user is who sees. */
  queryable: Queryable;
  /** Pays for embedding the query. */
  payer: EmbeddingPayer;
  query: string;
  filter: StatementFilter;
  limit: number;
  signal: AbortSignal;
}

/**
 * Returns the statements that match a query best, by words and by meaning, and counts the access. A statement that is
 * not embedded yet is found by its words. When the query cannot be embedded, all are.
 */
export async function findStatements(search: VillageSearch): Promise<FoundStatement[]> {
  const { database, queryable, payer, filter, limit, signal } = search;
  const { text, embedded } = await embedQuery(database, payer, search.query, signal);
  const embedder = embedded?.embedder ?? '';
  const rows = await searchStatements(queryable, {
    ...askedTerms(readQuestion(text)),
    embedding: embedded?.vectors[0],
    embedder,
    ...vectorRankingOf(embedder),
    ...filter,
    limit,
  });
  if (rows.length > 0) await queryable.query(countAccesses(rows.map(({ id }) => id)));
  return rows.map(toFound);
}

/**
 * Returns what one of the user's agents hears of that. An agent that has said nothing yet hears the village alone;
 * without a name the user themselves listens, who hears all of their agents.
 */
export async function findHeard({
  listener,
  filter,
  ...search
}: Omit<VillageSearch, 'filter'> & {
  filter: Omit<StatementFilter, 'acting'>;
  /** The name of the agent. */
  listener: string | undefined;
}): Promise<FoundStatement[]> {
  const speaker = listener === undefined ? undefined : await findSpeaker(search.queryable, listener);
  const acting = listener === undefined ? null : (speaker?.id ?? '');
  return findStatements({ ...search, filter: { ...filter, acting } });
}

function toFound(row: ScoredStatementRow): FoundStatement {
  const { score, text_score, vector_score, bm25, similarity, ...statement } = row;
  return { ...statement, score: Math.min(score, 1), why: { text_score, vector_score, bm25, similarity } };
}
