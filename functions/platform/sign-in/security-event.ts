import type { IncomingMessage } from 'node:http';
import type { Identity } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import type { Problem } from '../errors.ts';
import { bearerToken } from '../http/request-head.ts';
import { log } from '../log.ts';
import { isMistypedKey } from './api-key.ts';
import { clientAddress } from './client-address.ts';
import { mayRecordRefusal } from './rate-limit.ts';

/** The identity of each request whose token has a valid signature or whose key has the right secret. */
const identities = new WeakMap<IncomingMessage, Identity>();

/** Remembers the identity of a request, so that a later refusal goes to the audit log of its tenant. */
export function noteIdentity(request: IncomingMessage, identity: Identity): void {
  identities.set(request, identity);
}

/**
 * Writes a refusal (401, 403) to the audit log, in its own transaction after the refused transaction was rolled back.
 * It never changes the reply: if the database is down, a warning is logged instead.
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
  log('info', 'request refused', { request_id: context.requestId, function: context.name, ...event });
  // A request without credentials, or with a mistyped key, is a mistake and not a security event.
  const token = bearerToken(request);
  if (request.headers.authorization === undefined || (token !== undefined && isMistypedKey(token))) return;
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
    log('warning', 'audit log write failed', { request_id: context.requestId, error });
  }
}
