import type { Queryable } from '../../platform/database/database.ts';
import { askedTerms, type ReadQuestion } from '../../platform/language/read-question.ts';
import { listMemoryTurns } from '../sql/memory-session.ts';
import { findTurnCandidates, searchMemoryBlocks } from '../sql/search.ts';
import type { BlockHit, TurnHit } from './hit.ts';
import { rankTurns } from './rank-turns.ts';
import { toCandidates } from './turn-candidates.ts';

/**
 * The sessions that are ranked, and about how many of their turns. With these limits the ranking takes a few
 * milliseconds.
 */
const MOST_SESSIONS = 40;
const MOST_TURNS = 1_500;

/**
 * Returns the turns of the caller's archived sessions that answer a question best. `coverage` is the share of the
 * question that the best turn covers.
 */
export async function findTurns(
  queryable: Queryable,
  question: ReadQuestion,
  { asOf, limit }: { asOf: string | undefined; limit: number },
): Promise<{ hits: TurnHit[]; coverage: number }> {
  const { words, terms, languages } = askedTerms(question);
  const found = await findTurnCandidates(queryable, {
    words,
    terms,
    languages,
    dates: question.dates,
    asOf,
    mostSessions: MOST_SESSIONS,
    mostTurns: MOST_TURNS,
  });
  if (found.found.length === 0) return { hits: [], coverage: 0 };
  const { turns, coverage } = rankTurns(question, toCandidates(question, found));
  const best = turns.slice(0, limit);
  const most = best[0]?.score ?? 1;
  const read = await listMemoryTurns(queryable, best);
  const rows = new Map(read.map((row) => [`${row.session_id}#${row.position}`, row]));
  const hits = best.flatMap(({ session, position, score, signals }): TurnHit[] => {
    const id = `${session}#${position}`;
    const row = rows.get(id);
    // Erased between the two statements.
    if (row === undefined) return [];
    return [{ kind: 'turn', id, ...row, trust: 'untrusted', score: score / most, why: signals }];
  });
  return { hits, coverage };
}

/**
 * Returns the blocks of the caller's entity files that answer a question best. `coverage` is the share of the question
 * that the best block covers.
 */
export async function findBlocks(
  queryable: Queryable,
  question: ReadQuestion,
  filter: { limit: number; asOf: string | undefined },
) {
  const blocks = await searchMemoryBlocks(queryable, { ...askedTerms(question), ...filter });
  const hits = blocks.map(
    ({ score, bm25, coverage, ...block }): BlockHit => ({
      kind: 'block',
      id: `${block.path}#${block.block}`,
      ...block,
      // Entity files are written from sessions, whose text is untrusted.
      trust: 'untrusted',
      score,
      why: { text_score: score, bm25, coverage },
    }),
  );
  return { hits, coverage: blocks[0]?.coverage ?? 0 };
}
