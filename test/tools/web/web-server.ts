import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as EncryptedServer } from 'node:https';
import type { Socket } from 'node:net';
import { PUBLIC_WEB, type WebAccess, type WebLimits } from '../../../functions/tools/web/web-access.ts';

/** A web server on a loopback address, with the requests that it got. */
export interface WebServer {
  port: number;
  asked: { path: string; headers: Record<string, unknown> }[];
  /** The open sockets. */
  sockets: Set<Socket>;
  close(): Promise<void>;
}

export async function startWebServer(listener: RequestListener, address = '127.0.0.1', port = 0): Promise<WebServer> {
  const asked: WebServer['asked'] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', headers: request.headers });
    response.on('error', () => undefined);
    listener(request, response);
  });
  return listenOn(server, asked, address, port);
}

export async function listenOn(
  server: Server | EncryptedServer,
  asked: WebServer['asked'],
  address = '127.0.0.1',
  port = 0,
): Promise<WebServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('The web server has no port');
  return {
    port: bound.port,
    asked,
    sockets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Returns a network in which every name resolves to 127.0.0.1, which counts as public. All other loopback addresses
 * count as internal.
 * @param names functions that resolve other names, called for each request
 */
export function loopbackWeb(
  names: Record<string, () => string[]> = {},
  limits: Partial<WebLimits> = {},
): WebAccess & { resolved: string[] } {
  const resolved: string[] = [];
  return {
    resolved,
    addresses: {
      resolve: async (host) => {
        resolved.push(host);
        const found = names[host]?.() ?? (/^[\d.]+$|:/.test(host) ? [host] : ['127.0.0.1']);
        return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      },
      isAllowed: (address) => address === '127.0.0.1',
    },
    isAllowedPort: () => true,
    limits: { ...PUBLIC_WEB.limits, ...limits },
  };
}
