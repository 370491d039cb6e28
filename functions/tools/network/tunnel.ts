import type { Duplex } from 'node:stream';
import { isHostAllowed } from '../network-policy.ts';
import { type ClientHello, LONGEST_HELLO, readClientHello } from './client-hello.ts';
import type { Egress } from './egress.ts';

export interface TunnelEnd {
  client: Duplex;
  /** What came together with the CONNECT. */
  head: Buffer;
  readRequests(host: string): void;
}

/**
 * One CONNECT: only to an allowed host, and to its port 443 only with TLS that asks for that very host. Inside the
 * encryption a client may still ask a server for another site of the same server; who allows a host allows what it
 * serves.
 *
 * Some clients (Node's fetch) tunnel to port 80 as well. What they say in there is read as the plain requests that it
 * must be: `readRequests` does it.
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

/** TLS's own word for it, so that a client says something better than "connection reset". */
const UNRECOGNISED_NAME = Buffer.from([21, 3, 3, 0, 2, 2, 112]);

function refuse(client: Duplex, sentence: string): void {
  const body = `${sentence}\n`;
  client.end(
    `HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function describeFault(hello: ClientHello, host: string): string | undefined {
  if (hello.status !== 'read') return 'what was sent through its tunnel is not TLS';
  if (hello.isEncrypted) return 'the TLS in its tunnel hides which server it asks for';
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
    const chunk = bytes.length > LONGEST_HELLO ? undefined : await nextChunk(client);
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

/** @returns undefined at the end. The stream is paused afterwards, so nothing is lost before the next reader comes. */
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
