import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { minimumRole } from '../../platform/sign-in/access.ts';
import { insertTicket } from '../sql/ticket.ts';
import { createTicket as generateTicket, hashOf, storedIdentity, TICKET_SECONDS, Ticket } from '../ticket.ts';

const ACCESS = 'signed-in';

/**
 * Returns a ticket with which a browser signs in on a WebSocket, in its first frame. Any user and any API key may take
 * one. The connection has the caller's rights and loses them with the caller. Only a hash of the ticket is stored.
 */
export const createTicket = endpoint({
  name: 'realtime-create-ticket',
  route: 'POST /api/v1/realtime/tickets',
  access: ACCESS,
  summary: 'Returns a ticket for one WebSocket connection.',
  reply: { 201: z.strictObject({ ticket: Ticket, expires_at: z.iso.datetime() }) },
}).serve(async ({ database, identity }) => {
  if (identity === undefined) throw new Error('An endpoint for signed-in callers has no identity');
  const ticket = generateTicket();
  const scope = { kind: 'caller', identity, access: ACCESS, minimumRole: minimumRole(ACCESS) } as const;
  const expiresAt = await database.as(scope).transaction(async (transaction, caller) => {
    if (caller === undefined) throw new Error('A transaction of a caller has no caller');
    const { tenantId, userId } = caller;
    const stored = {
      hash: hashOf(ticket),
      tenantId,
      userId,
      identity: storedIdentity(identity),
      seconds: TICKET_SECONDS,
    };
    return insertTicket(transaction, stored);
  });
  return { status: 201, body: { ticket, expires_at: expiresAt } };
});
