import type { Queryable } from '../../platform/database/database.ts';
import type { AskedTerms } from '../../platform/language/read-question.ts';

export interface NewMemoryTurn {
  position: number;
  speaker: string;
  /** ISO 8601 with its zone. */
  saidAt: string;
  text: string;
  caption: string | undefined;
}

/**
 * Writes the turns of a session that is archived, each once: a position that is there stays as it is. Writes nothing to a session that is not there or is another
 * person's. Answers how many were written.
 */
export async function insertMemoryTurns(
  queryable: Queryable,
  session: { tenantId: string; userId: string; sessionId: string },
  turns: readonly NewMemoryTurn[],
): Promise<number> {
  const written = await queryable.query({
    name: 'insert_memory_turns',
    text: `insert into memory_turns (tenant_id, user_id, session_id, position, speaker, said_at, text, caption)
      select s.tenant_id, s.user_id, s.id, t.position, t.speaker, t.said_at, t.text, t.caption
      from memory_sessions s
      cross join unnest($4::integer[], $5::text[], $6::timestamptz[], $7::text[], $8::text[]) as t (position, speaker, said_at, text, caption)
      where s.tenant_id = $1 and s.user_id = $2 and s.id = $3
      on conflict (tenant_id, session_id, position) do nothing
      returning position`,
    values: [
      session.tenantId,
      session.userId,
      session.sessionId,
      turns.map(({ position }) => position),
      turns.map(({ speaker }) => speaker),
      turns.map(({ saidAt }) => saidAt),
      turns.map(({ text }) => text),
      turns.map(({ caption }) => caption ?? null),
    ],
  });
  return written.length;
}

/** What find_turn_candidates answers; its comment in find_turn_candidates.sql says what each place holds. */
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

export interface TurnCandidateSearch extends Pick<AskedTerms, 'words' | 'terms'> {
  dates: { months: number[]; years: number[]; days: number[] };
  /** Nothing that was said later; undefined for now. */
  asOf: string | undefined;
  mostSessions: number;
  mostTurns: number;
}

/**
 * The sessions of the scope's person that could answer, with their turns and the statistics to rank them by. Goes through the definer function
 * `find_turn_candidates`, which takes tenant and person from the transaction.
 */
export async function findTurnCandidates(
  queryable: Queryable,
  search: TurnCandidateSearch,
): Promise<FoundTurnCandidates> {
  const { months, years, days } = search.dates;
  const [row] = await queryable.query<{ found: FoundTurnCandidates }>({
    name: 'find_turn_candidates',
    text: `select find_turn_candidates($1, $2, $3, $4, $5, coalesce($6::timestamptz, 'infinity'), $7, $8) as found`,
    values: [search.words, search.terms, months, years, days, search.asOf, search.mostSessions, search.mostTurns],
  });
  if (row === undefined) throw new Error('find_turn_candidates answers one row');
  return row.found;
}

export interface MemoryTurn {
  session_id: string;
  position: number;
  speaker: string;
  said_at: string;
  text: string;
  caption: string | null;
}

/** These turns of the caller (row-level security), in the order of `places`. */
export async function listMemoryTurns(
  queryable: Queryable,
  places: readonly { session: string; position: number }[],
): Promise<MemoryTurn[]> {
  return queryable.query<MemoryTurn>({
    name: 'list_memory_turns',
    text: `select t.session_id, t.position, t.speaker, t.said_at, t.text, t.caption
      from unnest($1::text[], $2::integer[]) with ordinality as p (session_id, position, place)
      join memory_turns t on t.tenant_id = current_tenant_id() and t.session_id = p.session_id and t.position = p.position
      order by p.place`,
    values: [places.map(({ session }) => session), places.map(({ position }) => position)],
  });
}
