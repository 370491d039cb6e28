import type { IncomingMessage } from 'node:http';
import type { Identity } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import type { Problem } from '../errors.ts';
import { log } from '../log.ts';
import { clientAddress } from './client-address.ts';
import { mayRecordRefusal } from './rate-limit.ts';

/** Whose request it is, once his token or key was checked for form and signature. */
const identities = new WeakMap<IncomingMessage, Identity>();

/** Remembers who sends a request, so that a refusal later on is written to his tenant's log. */
export function noteIdentity(request: IncomingMessage, identity: Identity): void {
  identities.set(request, identity);
}

/**
 * Writes a refusal (401, 403) to the audit log. It runs in a transaction of its own, after the refused one was rolled back, and never
 * changes the answer: a database that is down is logged instead.
 */
export async function recordRefusal(
  problem: Problem,
  request: IncomingMessage,
  context: { name: string; requestId: string; pathname: string },
): Promise<void> {
  const event = {
    status: problem.status,
    kind: problem.kind,
    method: request.method,
    path: context.pathname.slice(0, 500),
  };
  log('info', 'a request was refused', { request_id: context.requestId, function: context.name, ...event });
  // A request without any credential is a mistake, not an event that somebody should look into.
  if (request.headers.authorization === undefined) return;
  const identity = identities.get(request);
  if (identity === undefined && !mayRecordRefusal(clientAddress(request))) return;
  try {
    const database = await openDatabase();
    await database.as({ kind: 'system' }).query({
      name: 'record_security_event',
      text: 'select record_security_event($1, $2, $3, $4, $5, $6, $7)',
      values: [
        identity?.kind === 'token' ? identity.subject : null,
        identity?.kind === 'api-key' ? identity.keyId : null,
        context.name,
        event.path,
        clientAddress(request),
        context.requestId,
        event,
      ],
    });
  } catch (error) {
    log('warning', 'a refusal could not be written to the audit log', { request_id: context.requestId, error });
  }
}
