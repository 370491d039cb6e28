import type { Queryable } from '../../platform/database/database.ts';
import { withOwnOffset } from '../../platform/instant.ts';

/** Returns whether a search of the current user could find any fact or turn, at any time. */
export async function findHasAnyMemory(queryable: Queryable): Promise<boolean> {
  const [row] = await queryable.query<{ has_any: boolean }>({
    name: 'find_has_any_memory',
    text: `select exists (select from memory_turns where tenant_id = current_tenant_id() and user_id = current_user_id())
      or exists (select from memories where tenant_id = current_tenant_id() and user_id = current_user_id())
      or (not is_subject(current_user_id()) and exists (select from memories where tenant_id = current_tenant_id())) as has_any`,
  });
  return row?.has_any ?? false;
}

interface ArchivedTurn {
  position: number;
  speaker: string;
  said_at: string;
  text: string;
  caption: string | null;
}

/**
 * Returns the turns of the current user's session between two positions, both included, in order, without turns that
 * were said after `asOf`.
 */
export async function listTurnsBetween(
  queryable: Queryable,
  range: { sessionId: string; from: number; to: number; asOf: string | undefined; limit: number },
): Promise<ArchivedTurn[]> {
  const rows = await queryable.query<ArchivedTurn & { utc_offset: number }>({
    name: 'list_turns_between',
    text: `select position, speaker, said_at, utc_offset, text, caption from memory_turns
      where tenant_id = current_tenant_id() and user_id = current_user_id() and session_id = $1 and position between $2 and $3
        and ($4::timestamptz is null or said_at <= $4)
      order by position limit $5`,
    values: [range.sessionId, range.from, range.to, range.asOf, range.limit],
  });
  return withOwnOffset(rows);
}

/** Returns the current day of the database's clock in UTC, `YYYY-MM-DD`. */
export async function findToday(queryable: Queryable): Promise<string> {
  const [row] = await queryable.query<{ today: string }>({
    name: 'find_today',
    text: `select to_char(now() at time zone 'UTC', 'YYYY-MM-DD') as today`,
  });
  return row?.today ?? '';
}
