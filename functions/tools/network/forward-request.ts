import { type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { Egress } from './egress.ts';

/**
 * One plain HTTP request through the proxy: only to port 80 of an allowed host, and only with that host in its head.
 * @param tunnelled the host that the client had tunnelled to before it sent the request; without a tunnel the request
 * names a whole URL.
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
      egress.refuse(url?.host || (request.url ?? ''), 'a request names an http URL without port and password'),
    );
  const hosts = request.headersDistinct.host ?? [];
  if (hosts.length !== 1 || hosts[0]?.toLowerCase().replace(/:80$/, '') !== url.hostname)
    return refuse(
      response,
      egress.refuse(url.hostname, `the head of the request names ${hosts.join(' and ') || 'no host'}`),
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

/** What concerns one connection is not for the next. */
const HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

/** Names and values in turn, as they came, without those of one hop and those that `Connection` calls so. */
function passedHeaders(raw: readonly string[]): string[] {
  const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []));
  const named = pairs
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.toLowerCase().split(/\s*,\s*/));
  return pairs.filter(([name]) => !HOP.has(name.toLowerCase()) && !named.includes(name.toLowerCase())).flat();
}

function refuse(response: ServerResponse, sentence: string): void {
  response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' }).end(`${sentence}\n`);
}
