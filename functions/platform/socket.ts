import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Database, Identity } from './database/database.ts';
import { openDatabase } from './database/open.ts';
import { Problem } from './errors.ts';
import { parsePart, queryOf } from './http/body.ts';
import { UNKNOWN_SOCKETS } from './http/budget.ts';
import { declareFunction } from './http/functions-framework.ts';
import { guarded } from './http/guarded.ts';
import { ServerResponse } from './http/node-http.ts';
import { addressOf, bearerToken } from './http/request-head.ts';
import { parseRoute } from './http/route.ts';
import type { Deployment, ServedFunction, Upgrade } from './http/served-function.ts';
import { shutdownSignal } from './process/shutdown.ts';
import { identify } from './sign-in/authenticate.ts';
import { clientAddress, networkOf } from './sign-in/client-address.ts';
import { limitCaller, refuseGuesser } from './sign-in/rate-limit.ts';
import { accept } from './websocket/accept.ts';
import { type Receiver, SocketConnection } from './websocket/connection.ts';
import { requireOwnOrigin } from './websocket/own-origin.ts';

interface SocketContract<P extends z.ZodType, Q extends z.ZodType> {
  /** `<domain>-<file>` */
  name: string;
  route: `GET /${string}`;
  params?: P;
  query?: Q;
  deployment?: Deployment;
}

interface SocketInput<P, Q> {
  connection: SocketConnection;
  params: P;
  query: Q;
  database: Database;
}

/**
 * Declares a WebSocket. The platform checks the origin, the bearer token if there is one, and the limits of a hostile
 * client (./websocket/connection.ts); a browser signs in on the connection, because it can send no header. The handler
 * returns what receives the frames.
 *
 * A refused handshake is answered as problem+json. A request that asks for no WebSocket is 426. Google's Functions
 * Framework gives a function no access to the connection, so under it every request is 426.
 */
export function socket<P extends z.ZodType = z.ZodType<unknown>, Q extends z.ZodType = z.ZodType<unknown>>(
  contract: SocketContract<P, Q>,
) {
  return {
    handle: (handler: (input: SocketInput<z.output<P>, z.output<Q>>) => Receiver): ServedFunction => {
      const route = parseRoute(contract.route);
      return declareFunction({
        kind: 'socket',
        name: contract.name,
        route,
        deployment: {
          identity: 'api',
          timeoutSeconds: 3600,
          concurrency: 1000,
          memoryMiB: 1024,
          ...contract.deployment,
        },
        handle: (request, response) =>
          guarded(contract.name, request, response, async () => {
            throw new Problem('upgrade-required', 'Connect with a WebSocket client.', {
              headers: { upgrade: 'websocket', connection: 'upgrade' },
            });
          }),
        upgrade: async (upgrade) => {
          const admitted = await admit(contract.name, upgrade, async (requestId) => {
            const { pathname, searchParams } = addressOf(upgrade.request);
            const params = route.match(pathname);
            if (params === undefined) throw new Problem('not-found', 'There is nothing at this address.');
            const query = queryOf(searchParams);
            const parts = {
              params: contract.params ? parsePart(contract.params, params, 'path') : params,
              query: parsePart(contract.query ?? z.strictObject({}), query, 'query'),
            };
            // The cast is safe: each part is the output of its schema.
            return {
              ...(await known(upgrade.request)),
              requestId,
              parts: parts as { params: z.output<P>; query: z.output<Q> },
            };
          });
          if (admitted === undefined) return;
          const { parts, database, ...caller } = admitted;
          const { stream, sockets } = upgrade;
          const accepted = await accept(upgrade);
          if (accepted === undefined) return caller.release();
          const connection = new SocketConnection({ socket: accepted, stream, ...caller });
          sockets.add(connection);
          accepted.once('close', () => sockets.delete(connection));
          connection.start(handler({ connection, ...parts, database }));
        },
      });
    },
  };
}

/** Runs the checks before the handshake. A refusal is answered as problem+json, and undefined is returned. */
async function admit<T>(
  name: string,
  { request, stream }: Upgrade,
  check: (requestId: string) => Promise<T>,
): Promise<T | undefined> {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // Node types a connection as a stream, because it may be one of TLS.
  response.assignSocket(stream as IncomingMessage['socket']);
  response.once('finish', () => stream.end());
  let admitted: T | undefined;
  await guarded(name, request, response, async (_request, _response, requestId) => {
    admitted = await check(requestId);
    response.detachSocket(stream as IncomingMessage['socket']);
  });
  return admitted;
}

/** Returns who connects. @throws Problem 401, 403, 429, 503 */
async function known(request: IncomingMessage): Promise<{
  address: string;
  identity: Identity | undefined;
  database: Database;
  release: () => void;
}> {
  if (shutdownSignal.aborted) throw new Problem('not-ready', 'This server stops. Try again.', { retryAfterSeconds: 1 });
  requireOwnOrigin(request);
  const address = clientAddress(request);
  refuseGuesser(address);
  const identity = bearerToken(request) === undefined ? undefined : await identify(request, address);
  if (identity !== undefined) limitCaller(identity);
  const database = await openDatabase();
  return { address, identity, database, release: UNKNOWN_SOCKETS.take(networkOf(address), 1) };
}
