import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { createServer } from '../../platform/http/node-http.ts';
import { log } from '../../platform/log.ts';
import { Egress, type EgressReport, type EgressSettings } from './egress.ts';
import { forwardRequest } from './forward-request.ts';
import { openTunnel } from './tunnel.ts';

/**
 * The only connection from a sandbox to the network: an HTTP proxy on a Unix socket for one command. It reaches only
 * the hosts of the run's policy. Disposing it closes all connections.
 */
export interface EgressProxy extends AsyncDisposable {
  report(): EgressReport;
}

export async function openEgressProxy(socketPath: string, settings: EgressSettings): Promise<EgressProxy> {
  const egress = new Egress(settings);
  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 0, headersTimeout: 20_000 });
  server.maxConnections = settings.limits.openConnections;
  const clients = watchClients(server);
  answer(server, egress);
  await listen(server, socketPath);
  return {
    report: () => egress.report(),
    [Symbol.asyncDispose]: async () => {
      egress.cut();
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function watchClients(server: Server): ReadonlySet<Duplex> {
  const clients = new Set<Duplex>();
  server.on('connection', (client: Duplex) => {
    // A client that tunnels plain requests is announced a second time (see `readRequests`).
    if (clients.has(client)) return;
    clients.add(client);
    client.on('error', () => client.destroy()).on('close', () => clients.delete(client));
  });
  return clients;
}

function answer(server: Server, egress: Egress): void {
  const tunnelled = new WeakMap<Duplex, string>();
  server.on('request', (request, response) => {
    const host = tunnelled.get(request.socket);
    forwardRequest(egress, request, response, host).catch((error: unknown) => abandon(error, request.socket));
  });
  server.on('connect', (request, client, head) => {
    const readRequests = (host: string) => {
      tunnelled.set(client, host);
      server.emit('connection', client);
    };
    const end = { client, head, readRequests };
    openTunnel(egress, request.url ?? '', end).catch((error: unknown) => abandon(error, client));
  });
}

function abandon(error: unknown, client: Duplex): void {
  log('error', 'egress proxy failed', { error });
  client.destroy();
}

function listen(server: Server, socketPath: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(socketPath, resolve);
  return promise;
}
