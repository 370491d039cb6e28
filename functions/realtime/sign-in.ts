import type { Database, Identity } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { parseJson, parsePart } from '../platform/http/body.ts';
import { log } from '../platform/log.ts';
import { countRefused } from '../platform/sign-in/authenticate.ts';
import { limitWrongCredential } from '../platform/sign-in/rate-limit.ts';
import { CLOSE, type Receiver, type SocketConnection } from '../platform/websocket/connection.ts';
import { Auth, SIGN_IN_MS } from './protocol.ts';
import { callerScope, errorFrame, problemIn, Session } from './session.ts';
import { findPerson, takeTicket } from './sql/ticket.ts';
import { hashOf, readIdentity } from './ticket.ts';

interface SignInOptions {
  connection: SocketConnection;
  database: Database;
  /** Runs when the caller is signed in, before their next frame. A problem closes the connection. */
  onReady?: (session: Session) => Promise<void>;
  recheckMs?: number;
}

/**
 * Returns what receives the frames of a connection. Its caller is known by the bearer token of the request, or signs in
 * with a ticket in the first frame within five seconds; then a session handles the frames.
 */
export function receiveSignedIn(options: SignInOptions): Receiver {
  const { connection } = options;
  let session: Session | undefined;
  const late = setTimeout(() => connection.close(CLOSE.signInFirst, 'sign in within 5 seconds'), SIGN_IN_MS).unref();
  const start = async (signIn: () => Promise<Session>) => {
    try {
      const signedIn = await signIn();
      clearTimeout(late);
      if (!connection.isOpen) return signedIn.closed();
      session = signedIn;
      await options.onReady?.(signedIn);
    } catch (error) {
      refuse(connection, error);
    }
  };
  const { identity } = connection;
  const starting = identity === undefined ? undefined : start(() => openSession(options, identity));
  return {
    receive: async (text) => {
      await starting;
      if (session !== undefined) return session.receive(text);
      if (starting === undefined) await start(() => signInByTicket(options, text));
    },
    closed: () => {
      clearTimeout(late);
      session?.closed();
    },
  };
}

/** @throws Problem 400, 422 for another frame, 401 for a ticket that is unknown, taken or expired */
async function signInByTicket(options: SignInOptions, text: string): Promise<Session> {
  const { connection, database } = options;
  const frame = parsePart(Auth, parseJson(text), 'body');
  const taken = await takeTicket(database.as({ kind: 'system' }), hashOf(frame.ticket));
  if (taken === undefined) {
    limitWrongCredential(connection.address);
    throw new Problem('unauthenticated', 'The ticket is not valid: it is valid once and for 30 seconds.');
  }
  return openSession(options, readIdentity(taken.identity), taken);
}

/**
 * Checks the caller in the database.
 * @param expected whose ticket it was
 */
async function openSession(
  { connection, database, recheckMs }: SignInOptions,
  identity: Identity,
  expected?: { user_id: string; tenant_id: string },
): Promise<Session> {
  const person = await findPerson(callerScope(database, identity, 'signed-in')).catch((error: unknown) =>
    countRefused(error, identity, connection.address),
  );
  const isSame =
    expected === undefined || (expected.user_id === person?.user_id && expected.tenant_id === person.tenant_id);
  if (person === undefined || !isSame) throw new Problem('unauthenticated', 'Sign in again.');
  connection.holdFor(identity);
  connection.send({
    type: 'ready',
    connection_id: connection.id,
    user: { id: person.user_id, name: person.display_name },
  });
  return new Session({ connection, database, identity, person, recheckMs });
}

const CLOSE_CODES: Partial<Record<Problem['kind'], number>> = {
  'not-found': CLOSE.notFound,
  'too-many-requests': CLOSE.tooMany,
  'not-ready': CLOSE.reconnect,
  'internal-error': CLOSE.internalError,
};

function refuse(connection: SocketConnection, error: unknown): void {
  const problem = problemIn(error, connection);
  log('info', 'socket refused', { request_id: connection.requestId, kind: problem.kind });
  connection.send(errorFrame(problem, connection));
  connection.close(CLOSE_CODES[problem.kind] ?? CLOSE.signInFirst, problem.kind);
}
