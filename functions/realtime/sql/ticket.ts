import type { Identity, Queryable, Role } from '../../platform/database/database.ts';

/** Inserts a ticket of the caller, which expires after these seconds. Returns when. */
export async function insertTicket(
  transaction: Queryable,
  ticket: { hash: string; tenantId: string; userId: string; identity: Identity; seconds: number },
): Promise<string> {
  const [row] = await transaction.query<{ expires_at: string }>({
    name: 'insert_socket_ticket',
    text: `with e as (select clock_timestamp() + make_interval(secs => $5) as expires_at),
        i as (insert into socket_tickets (ticket_hash, tenant_id, user_id, identity, expires_at)
          select $1, $2, $3, $4::jsonb, expires_at from e)
      select expires_at from e`,
    values: [ticket.hash, ticket.tenantId, ticket.userId, JSON.stringify(ticket.identity), ticket.seconds],
  });
  if (row === undefined) throw new Error('The ticket was not inserted');
  return row.expires_at;
}

/** Takes a ticket. Of concurrent calls one gets it; undefined for an unknown, taken or expired ticket. */
export async function takeTicket(
  system: Queryable,
  hash: string,
): Promise<{ tenant_id: string; user_id: string; identity: unknown } | undefined> {
  const [row] = await system.query<{ tenant_id: string; user_id: string; identity: unknown }>({
    name: 'take_socket_ticket',
    text: 'select tenant_id, user_id, identity from take_socket_ticket($1)',
    values: [hash],
  });
  return row;
}

/** A signed-in user, as presence shows them. */
export interface PersonRow {
  user_id: string;
  tenant_id: string;
  display_name: string;
  role: Role;
}

/** Returns the caller. The database checks the caller's sign-in or key. */
export async function findPerson(caller: Queryable): Promise<PersonRow | undefined> {
  const [row] = await caller.query<PersonRow>({
    name: 'find_person',
    text: 'select id as user_id, tenant_id, display_name, role from users where id = current_user_id()',
  });
  return row;
}

/** Deletes expired tickets and rows of presence of all tenants. Concurrent calls delete each row once. */
export async function deleteExpired(
  system: Queryable,
  presenceSeconds: number,
  limit: number,
): Promise<{ tickets: number; presence_rows: number }> {
  const [deleted] = await system.query<{ tickets: number; presence_rows: number }>({
    name: 'sweep_realtime',
    text: 'select tickets, presence_rows from sweep_realtime(make_interval(secs => $1), $2)',
    values: [presenceSeconds, limit],
  });
  return deleted ?? { tickets: 0, presence_rows: 0 };
}
