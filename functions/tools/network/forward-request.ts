import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as send } from '../../platform/http/node-http.ts';
import type { Egress } from './egress.ts';

/**
 * Forwards one plain HTTP request, only to port 80 of an allowed host and only with that host in its `Host` header.
 * @param tunnelled the host of the tunnel that the request came through. Without a tunnel the request contains a whole
 * URL.
 */
export async function forwardRequest(
  egress: Egress,
  request: IncomingMessage,
  response: ServerResponse,
  tunnelled: string | undefined,
): Promise<void> {
  const url = URL.parse(`${tunnelled === undefined ? '' : `http://${tunnelled}`}${request.url ?? ''}`);
  if (url === null || url.protocol !== 'http:' || url.port !== '' || url.username !== '' || url.password !== '')
    return refuse(
      response,
      egress.refuse(url?.host || (request.url ?? ''), 'a request must have an http URL without port and password'),
    );
  const hosts = request.headersDistinct.host ?? [];
  if (hosts.length !== 1 || hosts[0]?.toLowerCase().replace(/:80$/, '') !== url.hostname)
    return refuse(
      response,
      egress.refuse(url.hostname, `the Host header of the request names ${hosts.join(' and ') || 'no host'}`),
    );
  const found = await egress.find(url.hostname);
  if ('refusal' in found) return refuse(response, found.refusal);
  const server = await egress.connect(found.addresses, 80);
  if (server === undefined) return refuse(response, egress.refuse(url.hostname, 'it does not answer'));
  response.on('close', () => server.destroy());
  const outgoing = send({
    createConnection: () => server,
    method: request.method,
    path: `${url.pathname}${url.search}`,
    headers: passedHeaders(request.rawHeaders),
    setHost: false,
  });
  outgoing.on('error', () => response.destroy());
  outgoing.on('response', (incoming) => {
    incoming.on('data', (chunk: Buffer) => egress.count(chunk.length));
    incoming.on('error', () => response.destroy());
    response.writeHead(incoming.statusCode ?? 502, passedHeaders(incoming.rawHeaders));
    incoming.pipe(response);
  });
  request.on('data', (chunk: Buffer) => egress.count(chunk.length));
  request.pipe(outgoing);
}

/** Headers that belong to one connection and are not forwarded (hop-by-hop headers, RFC 9110). */
const HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

/** Returns names and values in turn, unchanged, without hop-by-hop headers and headers that `Connection` names. */
function passedHeaders(raw: readonly string[]): string[] {
  const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []));
  const named = pairs
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) =>
      value
        .toLowerCase()
        .split(',')
        .map((name) => name.trim()),
    );
  return pairs.filter(([name]) => !HOP.has(name.toLowerCase()) && !named.includes(name.toLowerCase())).flat();
}

function refuse(response: ServerResponse, sentence: string): void {
  response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' }).end(`${sentence}\n`);
}
