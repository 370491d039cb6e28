import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { Problem } from '../errors.ts';
import { createId } from '../id.ts';
import { log } from '../log.ts';
import { writeProblem } from './answer.ts';
import { admit } from './body.ts';
import { refuseConnections } from './refuse-connection.ts';
import { createRouter, type Router } from './router.ts';
import type { ServedFunction } from './served-function.ts';

/**
 * What every way of serving has in front of its functions: only declared methods and paths pass, to the letter, and no body that is compressed
 * or larger than Cloud Run would let through. It looks at the request's head only, so nothing was read or inflated when it refuses.
 */
export function createListener(declarations: readonly ServedFunction[]): RequestListener {
  return listen(createRouter(declarations));
}

/** A server of these functions, not yet listening. */
export function createFunctionServer(declarations: readonly ServedFunction[]): Server {
  const route = createRouter(declarations);
  const listener = listen(route);
  const server = createServer(SERVER_OPTIONS, listener);
  server.on('checkContinue', listener);
  refuseConnections(server, route);
  return server;
}

/**
 * Stops a server without cutting off requests: it accepts no new connection and lets requests under way end. Requests that have not ended
 * after `patienceMs` are cut off; the queue repeats them.
 */
export async function drain(server: Server, patienceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that becomes idle after close() would stay open for its whole keep-alive time.
  const closeIdle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
  await closed;
  clearInterval(closeIdle);
  clearTimeout(cut);
}

/** Cloud Run refuses larger HTTP/1 requests itself; functions have smaller limits of their own. */
const LARGEST_BODY = 32 * 1024 * 1024;

const SERVER_OPTIONS: ServerOptions = {
  // Both limits are about receiving a request; how long an answer streams or a step works is not limited here.
  headersTimeout: 20_000,
  requestTimeout: 120_000,
  connectionsCheckingInterval: 5_000,
  // The load balancer keeps idle connections for 600 s; a server that hangs up first loses the request that is under way to it.
  keepAliveTimeout: 620_000,
  maxHeaderSize: 32 * 1024,
};

function listen(route: Router): RequestListener {
  return (request, response) => {
    try {
      const path = pathOf(request);
      const destination = route(request.method ?? '', path);
      if (destination.kind === 'no-such-path') throw new Problem('not-found', 'There is nothing at this address.');
      if (destination.kind === 'no-such-method') throw methodNotAllowed(destination.allowed);
      admit(request, LARGEST_BODY);
      if (request.headers.expect !== undefined) response.writeContinue();
      destination.declaration
        .handle(request, response)
        .catch((error: unknown) => abandon(response, destination.declaration.name, error));
    } catch (error) {
      refuse(request, response, error);
    }
  };
}

/** The path as it was sent, not normalised: `//`, dot segments and other spellings of an address are not that address. */
export function pathOf(request: IncomingMessage): string {
  const url = (request.url ?? '/').replace(/^https?:\/\/[^/?#]*/i, '');
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}

export function methodNotAllowed(allowed: string[]): Problem {
  return new Problem('method-not-allowed', `This address takes ${allowed.join(', ')}.`, {
    headers: { allow: allowed.join(', ') },
  });
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (!(error instanceof Problem)) throw error;
  // Its body stays unread, so the connection cannot carry another request.
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  if (hasBody) response.setHeader('connection', 'close');
  writeProblem(response, error, createId('req'), pathOf(request));
}

function abandon(response: ServerResponse, name: string, error: unknown): void {
  log('error', 'a function threw past its own handling', { function: name, error });
  response.destroy();
}
