import type { Queryable } from '../../platform/database/database.ts';

export interface NewMemoryTurn {
  position: number;
  speaker: string;
  /** ISO 8601 with its time zone. */
  saidAt: string;
  text: string;
  caption: string | undefined;
}

/**
 * Inserts the turns of an archived session and returns how many were inserted. A position that exists stays as it is. Inserts nothing when the session does not
 * exist or belongs to another user.
 */
export async function insertMemoryTurns(
  queryable: Queryable,
  session: { tenantId: string; userId: string; sessionId: string },
  turns: readonly NewMemoryTurn[],
): Promise<number> {
  const inserted = await queryable.query({
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
  return inserted.length;
}

export interface MemoryTurn {
  session_id: string;
  position: number;
  speaker: string;
  said_at: string;
  text: string;
  caption: string | null;
}

/** Returns these turns of the caller (row-level security), in the order of `places`. */
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
