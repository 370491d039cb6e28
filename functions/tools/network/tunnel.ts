import type { Duplex } from 'node:stream';
import { isHostAllowed } from '../network-policy.ts';
import { type ClientHello, MAX_HELLO_BYTES, readClientHello } from './client-hello.ts';
import type { Egress } from './egress.ts';

interface TunnelEnd {
  client: Duplex;
  /** The bytes that came together with the CONNECT request. */
  head: Buffer;
  readRequests(host: string): void;
}

/**
 * Opens one tunnel (CONNECT), only to an allowed host, and to port 443 only with TLS that asks for the same host.
 * Inside the encryption a client may still ask for another site on the same server, so allowing a host allows all sites
 * of its server.
 *
 * Some clients (Node's fetch) also tunnel to port 80. The bytes of such a tunnel are parsed as plain requests by
 * `readRequests`.
 */
export async function openTunnel(
  egress: Egress,
  authority: string,
  { client, head, readRequests }: TunnelEnd,
): Promise<void> {
  client.on('error', () => client.destroy());
  const target = /^([^:\s]+):(443|80)$/.exec(authority);
  const host = target?.[1];
  if (host === undefined)
    return refuse(client, egress.refuse(authority, 'a tunnel goes to port 443 or 80 of a host name'));
  if (target?.[2] === '80' && isHostAllowed(host, egress.settings.allowedHosts)) {
    client.write(ESTABLISHED);
    client.unshift(head);
    return readRequests(host);
  }
  const found = await egress.find(host);
  if ('refusal' in found) return refuse(client, found.refusal);
  client.write(ESTABLISHED);
  const { hello, bytes } = await readHello(client, head, egress.settings.limits.connectMilliseconds);
  const fault = describeFault(hello, host);
  if (fault !== undefined) {
    egress.refuse(host, fault);
    return void client.end(UNRECOGNISED_NAME);
  }
  const server = await egress.connect(found.addresses, 443);
  if (server === undefined) {
    egress.refuse(host, 'it does not answer');
    return void client.destroy();
  }
  egress.count(bytes.length);
  server.write(bytes);
  relay(egress, client, server);
}

const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';

/** The TLS alert `unrecognized_name`, so that a client reports more than "connection reset". */
const UNRECOGNISED_NAME = Buffer.from([21, 3, 3, 0, 2, 2, 112]);

function refuse(client: Duplex, sentence: string): void {
  const body = `${sentence}\n`;
  client.end(
    `HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function describeFault(hello: ClientHello, host: string): string | undefined {
  if (hello.status !== 'read') return 'the bytes in its tunnel are not TLS';
  if (hello.isEncrypted) return 'the TLS in its tunnel hides the name of the server';
  if (hello.serverName === undefined) return 'the TLS in its tunnel names no server';
  if (hello.serverName !== host.toLowerCase())
    return `the TLS in its tunnel asks for ${hello.serverName.slice(0, 255).replace(/[^\x21-\x7e]/g, '?')}`;
  return undefined;
}

async function readHello(client: Duplex, head: Buffer, milliseconds: number) {
  const timer = setTimeout(() => client.destroy(), milliseconds);
  let bytes = head;
  let hello = readClientHello(bytes);
  while (hello.status === 'incomplete') {
    const chunk = bytes.length > MAX_HELLO_BYTES ? undefined : await nextChunk(client);
    if (chunk === undefined) {
      hello = { status: 'malformed' };
      break;
    }
    bytes = Buffer.concat([bytes, chunk]);
    hello = readClientHello(bytes);
  }
  clearTimeout(timer);
  return { hello, bytes };
}

/** Returns the next chunk, or undefined at the end. Pauses the stream, so that nothing is lost before the next read. */
function nextChunk(stream: Duplex): Promise<Buffer | undefined> {
  if (stream.destroyed) return Promise.resolve(undefined);
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  const onData = (chunk: Buffer) => {
    stream.pause();
    resolve(chunk);
  };
  const onEnd = () => resolve(undefined);
  stream.once('data', onData).once('end', onEnd).once('close', onEnd).resume();
  return promise.finally(() => stream.off('data', onData).off('end', onEnd).off('close', onEnd));
}

function relay(egress: Egress, client: Duplex, server: Duplex): void {
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    from.on('data', (chunk: Buffer) => egress.count(chunk.length));
    from.on('close', () => to.destroy());
    from.pipe(to);
  }
}
