import type { Queryable } from '../../platform/database/database.ts';

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
