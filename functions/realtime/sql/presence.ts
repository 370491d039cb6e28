import type { Queryable } from '../../platform/database/database.ts';

/** The channel of PostgreSQL notifications of changes; the payload is the tenant, a space and the channel. */
export const PRESENCE_NOTIFICATIONS = 'presence_changes';
/** A row counts for this long after its last heartbeat. */
export const PRESENCE_SECONDS = 45;

export interface PresenceRow {
  channel: string;
  connection_id: string;
  user_id: string;
  display_name: string;
  state: 'viewing' | 'typing';
}

export interface PresentUser {
  id: string;
  name: string;
  state: 'viewing' | 'typing';
}

/**
 * Writes where connections of a tenant are, again with each heartbeat: the rows are lost when the database server
 * crashes. `isChange` notifies every instance.
 */
export async function upsertPresence(
  tenant: Queryable,
  tenantId: string,
  rows: readonly PresenceRow[],
  isChange: boolean,
): Promise<void> {
  await tenant.query({
    name: 'upsert_presence',
    text: `with written as (
        insert into presence (tenant_id, channel, connection_id, user_id, display_name, state)
        select $1, r.channel, r.connection_id, r.user_id, r.display_name, r.state
        from jsonb_to_recordset($2::jsonb)
          as r (channel text, connection_id text, user_id text, display_name text, state text)
        on conflict (tenant_id, channel, connection_id) do update set state = excluded.state, seen_at = now()
        returning channel)
      select case when $3::boolean then pg_notify($4, $1 || ' ' || channel) end
      from (select distinct channel from written) w`,
    values: [tenantId, JSON.stringify(rows), isChange, PRESENCE_NOTIFICATIONS],
  });
}

/** Deletes a connection from one channel or from all, and notifies every instance. */
export async function deletePresence(
  tenant: Queryable,
  tenantId: string,
  connectionId: string,
  channels: readonly string[],
): Promise<void> {
  await tenant.query({
    name: 'delete_presence',
    text: `with left_by as (delete from presence where tenant_id = $1 and connection_id = $2 and channel = any ($3::text[])
        returning channel)
      select pg_notify($4, $1 || ' ' || channel) from left_by`,
    values: [tenantId, connectionId, channels, PRESENCE_NOTIFICATIONS],
  });
}

/** Lists who is in a channel, the longest present first, each once however many connections they have. */
export async function listPresent(tenant: Queryable, channel: string, limit: number): Promise<PresentUser[]> {
  return tenant.query<PresentUser>({
    name: 'list_present',
    text: `select user_id as id, (array_agg(display_name order by seen_at desc))[1] as name,
        case when bool_or(state = 'typing') then 'typing' else 'viewing' end as state
      from presence
      where tenant_id = current_tenant_id() and channel = $1 and seen_at > now() - make_interval(secs => $2)
      group by user_id order by min(joined_at), user_id limit $3`,
    values: [channel, PRESENCE_SECONDS, limit],
  });
}
