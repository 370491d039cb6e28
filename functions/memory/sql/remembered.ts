import type { Trust } from '../../entities/search/hit.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { SourceKind } from '../memory.ts';

export interface RememberedFact {
  id: string;
  text: string;
  trust: Trust;
  flags: string[];
  source: string | null;
  source_kind: SourceKind;
  source_id: string | null;
  valid_from: string;
  valid_to: string | null;
}

/** A fact that the scope's person may see (row-level security decides), replaced or not, if it had become true by `asOf`. */
export async function findFact(queryable: Queryable, id: string, asOf?: string): Promise<RememberedFact | undefined> {
  const [row] = await queryable.query<RememberedFact>({
    name: 'find_remembered_fact',
    text: `select id, text, trust, flags, source, source_kind, source_id, valid_from, valid_to from memories
      where tenant_id = current_tenant_id() and id = $1 and ($2::timestamptz is null or valid_from <= $2)`,
    values: [id, asOf],
  });
  return row;
}

/** Whether there is anything that a search of the scope's person could find: a fact or a turn, of any time. */
export async function findIsAnythingRemembered(queryable: Queryable): Promise<boolean> {
  const [row] = await queryable.query<{ is_anything: boolean }>({
    name: 'find_is_anything_remembered',
    text: `select exists (select from memory_turns where tenant_id = current_tenant_id() and user_id = current_user_id())
      or exists (select from memories where tenant_id = current_tenant_id()) as is_anything`,
  });
  return row?.is_anything ?? false;
}

export interface RememberedTurn {
  position: number;
  speaker: string;
  said_at: string;
  text: string;
  caption: string | null;
}

/** Turns of a session of the scope's person from one place to another, both included, in their order; none that was said after `asOf`. */
export async function listTurnsBetween(
  queryable: Queryable,
  range: { sessionId: string; from: number; to: number; asOf: string | undefined; limit: number },
): Promise<RememberedTurn[]> {
  return queryable.query<RememberedTurn>({
    name: 'list_turns_between',
    text: `select position, speaker, said_at, text, caption from memory_turns
      where tenant_id = current_tenant_id() and user_id = current_user_id() and session_id = $1 and position between $2 and $3
        and ($4::timestamptz is null or said_at <= $4)
      order by position limit $5`,
    values: [range.sessionId, range.from, range.to, range.asOf, range.limit],
  });
}

/** Returns the day of the database's clock in UTC, `YYYY-MM-DD`. */
export async function findToday(queryable: Queryable): Promise<string> {
  const [row] = await queryable.query<{ today: string }>({
    name: 'find_today',
    text: `select to_char(now() at time zone 'UTC', 'YYYY-MM-DD') as today`,
  });
  return row?.today ?? '';
}
