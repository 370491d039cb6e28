import { z } from 'zod';
import type { Database } from './database/database.ts';
import { Problem } from './errors.ts';
import { parsePart, queryOf } from './http/body.ts';
import { declareFunction } from './http/functions-framework.ts';
import { guarded } from './http/guarded.ts';
import { addressOf } from './http/request-head.ts';
import { parseRoute } from './http/route.ts';
import type { Deployment, ServedFunction } from './http/served-function.ts';
import { accept } from './websocket/accept.ts';
import { admit, identifyConnecting } from './websocket/admit.ts';
import { type ConnectionOptions, type OpenSockets, type Receiver, SocketConnection } from './websocket/connection.ts';

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
              ...(await identifyConnecting(upgrade.request)),
              requestId,
              parts: parts as { params: z.output<P>; query: z.output<Q> },
            };
          });
          if (admitted === undefined) return;
          const { parts, database, ...caller } = admitted;
          const accepted = await accept(upgrade);
          if (accepted === undefined) return caller.release();
          const connection = keep(upgrade.sockets, { socket: accepted, stream: upgrade.stream, ...caller });
          connection.start(handler({ connection, ...parts, database }));
        },
      });
    },
  };
}

/** Adds a connection to those of its server until it is closed. Not a closure of the request, which it would keep. */
function keep(sockets: OpenSockets, options: ConnectionOptions): SocketConnection {
  const connection = new SocketConnection(options);
  sockets.add(connection);
  options.socket.once('close', () => sockets.delete(connection));
  return connection;
}
