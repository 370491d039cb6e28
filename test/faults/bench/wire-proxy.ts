import { once } from 'node:events';
import { createServer, connect as openSocket, type Socket } from 'node:net';
import { createWireCutter, FLUSH, isCancelRequest, isSslRequest, readBind, type WireMessage } from './wire-messages.ts';

/**
 * A proxy in front of Postgres that sees every statement of a client and can end the connection at any of them, on either side:
 *
 * - `before`: the server never hears of it, and what stood before it in the same batch is undone;
 * - `after`: the server has done it, and the client never learns that. Where it is a commit, or the Sync that ends a batch, that is the connection that is
 *   lost after COMMIT was sent.
 *
 * It counts nothing itself: whoever watches does, and answers what is to happen. A server that is away costs the client its connection.
 */
export interface DatabaseProxy {
  /** The database's address through the proxy. */
  url: string;
  /** Ends every connection that is open now. */
  cutAll(): number;
  close(): Promise<void>;
}

export interface WireStatement {
  /** The prepared statement's name, `Sync`, or a simple query's text. */
  name: string;
  /** What the transaction entered as: a tenant's id, a person's subject. Undefined for the system, and outside of a transaction. */
  owner: string | undefined;
}

export type Side = 'before' | 'after';

/** What happens at a statement; `strike` runs at that moment (a process is killed, say), then the connection is cut. */
export interface WireFault {
  side: Side;
  strike?: () => void;
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
  if (address === null || typeof address === 'string') throw new Error('The proxy listens at no port');
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

/** What one connection is doing. */
interface Session {
  owner: string | undefined;
  bound: { statement: string; first: string | undefined } | undefined;
  /** Executes since the last Sync: so many answers come before the one that is waited for. */
  executed: number;
  answered: number;
  isPassing: boolean;
  /** The statement was sent on; the connection ends with the server's answer to it. */
  waiting: { for: 'statement' | 'ready'; strike: (() => void) | undefined } | undefined;
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
        // What stood before it was sent and is undone with the connection.
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
      if (hear(session, message)) {
        session.waiting?.strike?.();
        return cut();
      }
    }
    if (session.waiting === undefined) client.write(chunk);
  });
}

/** What goes on to the server for a client's message. */
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
    fault.strike?.();
    return 'cut';
  }
  if (type === 'E') session.executed += 1;
  if (fault === undefined) return [bytes];
  session.waiting = { for: type === 'E' ? 'statement' : 'ready', strike: fault.strike };
  return type === 'E' ? [bytes, FLUSH] : [bytes];
}

function nameOf(session: Session, { type, body }: WireMessage): string {
  if (type === 'E') return session.bound?.statement ?? '';
  return type === 'S' ? 'Sync' : body.toString('utf8', 0, body.length - 1);
}

/** Notes what the server answers; true when it is the answer after which the connection ends. */
function hear(session: Session, { type, body }: WireMessage): boolean {
  if (type === 'Z') {
    session.executed = 0;
    session.answered = 0;
    // Idle: the transaction is over, and whoever comes next says who he is.
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
