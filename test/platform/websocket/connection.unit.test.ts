import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';
import { SocketConnection } from '../../../functions/platform/websocket/connection.ts';
import { textFrame } from '../../../functions/platform/websocket/text-frame.ts';

let server: Server | undefined;
afterEach(() => {
  vi.restoreAllMocks();
  server?.closeAllConnections();
  server?.close();
});

/** Returns both ends of a connection. */
async function connect(options: ClientOptions = {}) {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepting = new WebSocketServer({ noServer: true });
  const accepted = new Promise<SocketConnection>((resolve) =>
    server?.once('upgrade', (request, stream, head) =>
      accepting.handleUpgrade(request, stream, head, (socket) =>
        resolve(
          new SocketConnection({
            socket,
            stream,
            address: '127.0.0.1',
            requestId: 'req_x',
            identity: undefined,
            release: () => undefined,
          }),
        ),
      ),
    ),
  );
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, options);
  const closed = new Promise<number>((resolve) => client.once('close', resolve));
  await once(client, 'open');
  return { connection: await accepted, client, closed };
}

/** Pings the client, and waits until its answer has arrived. */
async function beatAndHear(connection: SocketConnection, client: WebSocket): Promise<void> {
  const pinged = once(client, 'ping');
  connection.beat();
  await pinged;
  // The answer to this ping is sent when the client's answer to the other one has arrived.
  client.ping();
  await once(client, 'pong');
}

describe('a heartbeat', () => {
  it('pings, and ends the connection of a client that has not answered before the next one', async () => {
    const { connection, client, closed } = await connect({ autoPong: false });
    const pinged = once(client, 'ping');
    connection.beat();
    await pinged;
    expect(connection.isOpen).toBe(true);
    connection.beat();
    expect(await closed).toBe(1006);
  });

  it('keeps a client that answers', async () => {
    const { connection, client } = await connect();
    for (let beat = 0; beat < 3; beat += 1) await beatAndHear(connection, client);
    expect(connection.isOpen).toBe(true);
    client.close();
  });

  it('tells a client to come back before Cloud Run would cut the connection after an hour', async () => {
    const { connection, client, closed } = await connect();
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 50 * 60_000);
    await beatAndHear(connection, client);
    expect(connection.isOpen).toBe(true);
    vi.spyOn(performance, 'now').mockReturnValue(now + 56 * 60_000);
    connection.beat();
    expect(await closed).toBe(1012);
  });
});

it('frames texts of every length as the protocol demands', async () => {
  const { connection, client } = await connect();
  const texts = ['', 'é', 'x'.repeat(125), 'x'.repeat(126), 'x'.repeat(65_535), 'x'.repeat(65_536), '𝄞'.repeat(50_000)];
  const received: string[] = [];
  client.on('message', (data) => received.push(data.toString()));
  connection.write(Buffer.concat(texts.map(textFrame)));
  await vi.waitFor(() => expect(received).toHaveLength(texts.length));
  expect(received).toEqual(texts);
  client.close();
});
