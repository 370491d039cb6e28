import { once } from 'node:events';
import { createServer, connect as openSocket, type Socket } from 'node:net';
import { createWireCutter, FLUSH, isCancelRequest, isSslRequest, readBind, type WireMessage } from './wire-messages.ts';

/**
 * A proxy for PostgreSQL that sees every statement of a client and can cut the connection at any statement:
 *
 * - `before`: the server does not receive the statement, and rolls back earlier statements of the batch;
 * - `after`: the server has executed the statement, but the client does not get the answer. For a commit, or the Sync
 *   that ends a batch, the connection is lost after COMMIT was sent.
 *
 * The caller's `watch` decides about each statement. The client's connection is cut when the server is not available.
 */
export interface DatabaseProxy {
  /** The URL of the database through the proxy. */
  url: string;
  /** Cuts all open connections. Returns their number. */
  cutAll(): number;
  close(): Promise<void>;
}

export interface WireStatement {
  /** The prepared statement's name, `Sync`, or a simple query's text. */
  name: string;
  /**
   * The scope of the transaction: a tenant's id or a user's subject. Undefined for the system scope and without one.
   */
  owner: string | undefined;
}

export type Side = 'before' | 'after';

/** A fault at a statement. `action` runs before the connection is cut, for example to kill a process. */
export interface WireFault {
  side: Side;
  action?: () => void;
}

export type Watch = (statement: WireStatement) => WireFault | undefined;

export async function startDatabaseProxy(databaseUrl: string, watch: Watch): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = openSocket({ host: target.hostname, port: Number(target.port || 5432), noDelay: true });
    client.setNoDelay(true);
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    join(client, upstream, watch);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  return {
    url: url.href,
    cutAll: () => {
      const open = [...sockets];
      for (const socket of open) socket.destroy();
      return open.length;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** The state of one connection. */
interface Session {
  owner: string | undefined;
  bound: { statement: string; first: string | undefined } | undefined;
  /** Number of Execute messages since the last Sync, each of which has an answer. */
  executed: number;
  answered: number;
  isPassing: boolean;
  /** Set when a statement was forwarded whose answer cuts the connection. */
  waiting: { for: 'statement' | 'ready'; action: (() => void) | undefined } | undefined;
  isCut: boolean;
}

function join(client: Socket, upstream: Socket, watch: Watch): void {
  const session: Session = {
    owner: undefined,
    bound: undefined,
    executed: 0,
    answered: 0,
    isPassing: false,
    waiting: undefined,
    isCut: false,
  };
  const cut = () => {
    session.isCut = true;
    client.destroy();
    upstream.destroy();
  };
  for (const socket of [client, upstream]) {
    socket.on('error', cut);
    socket.on('close', cut);
  }
  const ofClient = createWireCutter(true);
  client.on('data', (chunk) => {
    if (session.isPassing) return void upstream.write(chunk);
    const out: Buffer[] = [];
    for (const message of ofClient(chunk)) {
      if (session.isCut || session.waiting) break;
      const pieces = forward(session, message, watch, client);
      if (pieces === 'cut') {
        // Earlier statements of the batch are sent; the server rolls them back when the connection is cut.
        if (out.length > 0) upstream.write(Buffer.concat(out.splice(0)));
        return cut();
      }
      out.push(...pieces);
    }
    if (out.length > 0) upstream.write(Buffer.concat(out));
  });
  const ofServer = createWireCutter(false);
  upstream.on('data', (chunk) => {
    for (const message of ofServer(chunk)) {
      if (session.isCut) return;
      if (noteAnswer(session, message)) {
        session.waiting?.action?.();
        return cut();
      }
    }
    if (session.waiting === undefined) client.write(chunk);
  });
}

/** Returns the bytes to send to the server for a client's message. */
function forward(session: Session, message: WireMessage, watch: Watch, client: Socket): Buffer[] | 'cut' {
  const { type, body, bytes } = message;
  if (type === '') {
    if (isCancelRequest(body)) session.isPassing = true;
    if (!isSslRequest(body)) return [bytes];
    client.write('N');
    return [];
  }
  if (type === 'B') {
    session.bound = readBind(body);
    return [bytes];
  }
  if (type !== 'E' && type !== 'S' && type !== 'Q') return [bytes];
  if (type === 'E' && session.bound?.statement.startsWith('enter_')) session.owner = session.bound.first;
  const fault = watch({ name: nameOf(session, message), owner: session.owner });
  if (fault?.side === 'before') {
    fault.action?.();
    return 'cut';
  }
  if (type === 'E') session.executed += 1;
  if (fault === undefined) return [bytes];
  session.waiting = { for: type === 'E' ? 'statement' : 'ready', action: fault.action };
  return type === 'E' ? [bytes, FLUSH] : [bytes];
}

function nameOf(session: Session, { type, body }: WireMessage): string {
  if (type === 'E') return session.bound?.statement ?? '';
  return type === 'S' ? 'Sync' : body.toString('utf8', 0, body.length - 1);
}

/** Counts the server's answers. Returns true for the answer that cuts the connection. */
function noteAnswer(session: Session, { type, body }: WireMessage): boolean {
  if (type === 'Z') {
    session.executed = 0;
    session.answered = 0;
    // Idle: the transaction has ended, and the next one enters its own scope.
    if (body.toString('latin1') === 'I') session.owner = undefined;
    return session.waiting?.for === 'ready';
  }
  if (session.waiting?.for !== 'statement') {
    if (isOutcome(type)) session.answered += 1;
    return false;
  }
  if (type === 'E') return true;
  if (isOutcome(type)) session.answered += 1;
  return session.answered >= session.executed;
}

/** CommandComplete, EmptyQueryResponse, PortalSuspended. */
function isOutcome(type: string): boolean {
  return type === 'C' || type === 'I' || type === 's';
}
