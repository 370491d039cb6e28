import type { IncomingMessage, RequestListener, Server, ServerOptions, ServerResponse } from 'node:http';
import { Problem } from '../errors.ts';
import { createId } from '../id.ts';
import { log } from '../log.ts';
import { acceptSockets, closeSockets, type FindSocket, socketFinder } from '../websocket/upgrade.ts';
import { writeProblem } from './answer.ts';
import { admit, continueWhenRead } from './body.ts';
import { createServer } from './node-http.ts';
import { refuseConnections } from './refuse-connection.ts';
import { createRouter, type Router } from './router.ts';
import type { ServedFunction } from './served-function.ts';
import { isServedHost } from './served-host.ts';

/**
 * Returns the request listener in front of functions. Only declared methods and exact paths pass, and no body that is
 * compressed or larger than Cloud Run accepts. It reads only the head of a request, so a rejected body is neither read
 * nor inflated.
 */
export function createListener(declarations: readonly ServedFunction[]): RequestListener {
  return listen(createRouter(declarations));
}

/** Answers a request for a path that no function serves. Returns false when there is nothing at the path. */
export type ServeElsewhere = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;

/** Creates a server for these functions, and for what `elsewhere` serves. It does not listen yet. */
export function createFunctionServer(declarations: readonly ServedFunction[], elsewhere?: ServeElsewhere): Server {
  const route = createRouter(declarations);
  const listener = listen(route, elsewhere);
  const findSocket = findAdmitted(socketFinder(route, pathOf));
  const isUpgrade = (request: IncomingMessage) => findSocket(request) !== undefined;
  const server = createServer({ ...SERVER_OPTIONS, shouldUpgradeCallback: isUpgrade }, listener);
  server.on('checkContinue', listener);
  acceptSockets(server, findSocket);
  refuseConnections(server, route);
  return server;
}

/** Finds no socket for a request with a head that the listener rejects, so that the listener answers it. */
function findAdmitted(find: FindSocket): FindSocket {
  return (request) => {
    try {
      checkHead(request, pathOf(request));
      return find(request);
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  };
}

/**
 * Stops a server without cutting off requests: it accepts no new connection and lets requests under way end. Requests
 * that have not ended after `patienceMs` are cut off; the queue repeats them. WebSockets are closed at once.
 */
export async function drain(server: Server, patienceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  closeSockets(server);
  // A connection that becomes idle after close() would stay open for its whole keep-alive time.
  const closeIdle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
  await closed;
  clearInterval(closeIdle);
  clearTimeout(cut);
}

/**
 * Cloud Run rejects larger HTTP/1 requests. Functions have smaller limits, except those that stream bytes to the object
 * store: in the cloud a signed address takes what is larger, and on a laptop this server does.
 */
const LARGEST_BODY = 32 * 1024 * 1024;

const SERVER_OPTIONS: ServerOptions = {
  // These limits are for receiving a request. They do not limit how long a reply streams or a step works.
  headersTimeout: 20_000,
  requestTimeout: 120_000,
  connectionsCheckingInterval: 5_000,
  // Longer than the 600 s of the load balancer: a server that closes an idle connection first loses a request that is
  // on its way.
  keepAliveTimeout: 620_000,
  maxHeaderSize: 32 * 1024,
};

function listen(route: Router, elsewhere?: ServeElsewhere): RequestListener {
  return (request, response) => {
    try {
      const path = pathOf(request);
      checkHead(request, path);
      const destination = route(request.method ?? '', path);
      if (destination.kind === 'no-such-path') {
        if (elsewhere?.(request, response, path)) return;
        throw new Problem('not-found', 'There is nothing at this address.');
      }
      if (destination.kind === 'no-such-method') throw methodNotAllowed(destination.allowed);
      admit(request, Math.max(LARGEST_BODY, destination.declaration.streamedBytes ?? 0));
      if (request.headers.expect !== undefined) continueWhenRead(request, response);
      destination.declaration
        .handle(request, response)
        .catch((error: unknown) => abandon(response, destination.declaration.name, error));
    } catch (error) {
      refuse(request, response, error);
    }
  };
}

/** Headers of which a proxy and this server could each use another one. */
const GIVEN_ONCE = new Set(['authorization', 'host']);

/**
 * Rejects a head that two readers can understand differently, and a request for a host that this process does not
 * serve.
 * @throws Problem 400, 421
 */
function checkHead(request: IncomingMessage, path: string): void {
  const { rawHeaders } = request;
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    if (!GIVEN_ONCE.has(name)) continue;
    if (seen.has(name)) throw new Problem('malformed-request', `The header ${name} is given twice.`);
    seen.add(name);
  }
  // URL parsers read it as a slash.
  if (path.includes('\\')) throw new Problem('malformed-request', 'A path must not contain a backslash.');
  if (isServedHost(request)) return;
  throw new Problem(
    'misdirected-request',
    'This host name is not served here. Use localhost, or add the name to ALLOWED_HOSTS.',
  );
}

/** Returns the path as it was sent, not normalised: `//`, dot segments and other spellings do not match a route. */
export function pathOf(request: IncomingMessage): string {
  const url = (request.url ?? '/').replace(/^https?:\/\/[^/?#]*/i, '');
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}

function methodNotAllowed(allowed: string[]): Problem {
  return new Problem('method-not-allowed', `This address takes ${allowed.join(', ')}.`, {
    headers: { allow: allowed.join(', ') },
  });
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (!(error instanceof Problem)) throw error;
  // The body stays unread, so the connection cannot be reused.
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  if (hasBody) response.setHeader('connection', 'close');
  writeProblem(response, error, createId('req'), pathOf(request));
}

function abandon(response: ServerResponse, name: string, error: unknown): void {
  log('error', 'function threw outside its error handling', { function: name, error });
  response.destroy();
}
