import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Router } from '../http/router.ts';
import type { ServedFunction } from '../http/served-function.ts';
import { log } from '../log.ts';
import { CLOSE, type OpenSockets } from './connection.ts';

/** Proxies close connections that are silent for a minute. */
const BEAT_MS = 20_000;

const socketsOf = new WeakMap<Server, OpenSockets>();

/** Returns the socket function that a request asks for, or undefined for every other request. */
export type FindSocket = (request: IncomingMessage) => ServedFunction | undefined;

/**
 * Returns how a server finds the sockets among its functions. A request to upgrade to anything else, such as HTTP/2, or
 * at any other path, is answered as if it did not ask for it (RFC 9110, 7.8).
 */
export function socketFinder(route: Router, pathOf: (request: IncomingMessage) => string): FindSocket {
  return (request) => {
    if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') return undefined;
    const destination = route('GET', pathOf(request));
    if (destination.kind !== 'found' || destination.declaration.upgrade === undefined) return undefined;
    return destination.declaration;
  };
}

/** Lets a server accept the connections of its socket functions. */
export function acceptSockets(server: Server, find: FindSocket): void {
  const sockets: OpenSockets = new Set();
  socketsOf.set(server, sockets);
  const beating = setInterval(() => {
    for (const connection of sockets) connection.beat();
  }, BEAT_MS).unref();
  server.once('close', () => clearInterval(beating));
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const declaration = find(request);
    if (declaration?.upgrade === undefined) return stream.destroy();
    declaration.upgrade({ request, stream, head, sockets }).catch((error: unknown) => {
      log('error', 'function threw outside its error handling', { function: declaration.name, error });
      stream.destroy();
    });
  });
}

/** Closes the connections of a server that stops. Their clients connect again elsewhere and resume. */
export function closeSockets(server: Server): void {
  for (const connection of socketsOf.get(server) ?? []) connection.close(CLOSE.reconnect, 'reconnect and resume');
}
