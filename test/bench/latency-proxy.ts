import { connect, createServer, type Socket } from 'node:net';
import { z } from 'zod';
import { answerOrders } from './peer.ts';

/**
 * A proxy process that delays everything that a client sends to PostgreSQL. All packets have the same delay, however
 * many are on their way, so the cost depends on the number of round trips, as between two machines.
 */

const delayMs = Number(process.env.BENCH_DELAY_MS);
const target = new URL(process.env.DATABASE_URL ?? '');

const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ host: target.hostname, port: Number(target.port || 5432), noDelay: true });
  client.on('data', (bytes) => setTimeout(() => upstream.writable && upstream.write(bytes), delayMs));
  upstream.on('data', (bytes) => client.write(bytes));
  endTogether(client, upstream);
});

function endTogether(one: Socket, other: Socket): void {
  for (const [socket, pair] of [
    [one, other],
    [other, one],
  ] as const) {
    socket.on('error', () => pair.destroy());
    socket.on('close', () => setTimeout(() => pair.destroy(), delayMs));
  }
}

server.listen(0, '127.0.0.1', () => {
  answerOrders(z.object({}), async () => {
    const address = server.address();
    return { port: typeof address === 'object' ? address?.port : undefined };
  });
});
