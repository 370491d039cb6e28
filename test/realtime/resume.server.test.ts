import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type ChildServer, serve } from '../platform/child-server.ts';
import { asOwner } from '../support/owner.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';
import { append, insertRun } from './quiet-run.ts';
import { connectWith, SocketClient } from './socket-client.ts';

/** Two deployed instances of the socket, each in a process of its own, on one database. */

let server: TestServer;
let ada: Person;
let instances: ChildServer[];
beforeAll(async () => {
  server = await startServer();
  ada = await server.signUp('Ada');
  instances = await Promise.all([1, 2].map(() => serve('realtime-open-socket')));
});
afterEach(async () => {
  for (const [index, { child }] of instances.entries())
    if (child.exitCode !== null || child.signalCode !== null) instances[index] = await serve('realtime-open-socket');
});
afterAll(async () => {
  for (const instance of instances) await instance.stop('SIGKILL');
  await server.close();
});

const urlOf = (index: number) => `${instances[index % instances.length]?.url}/api/v1/ws`;
const numbersTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** A client that connects to the next instance whenever its connection ends, and resumes after its last number. */
function followAlways(channel: string, first: number) {
  const seqs: number[] = [];
  const codes: number[] = [];
  let client: SocketClient | undefined;
  let isDone = false;
  const loop = async () => {
    for (let index = first; !isDone; index += 1) {
      client = new SocketClient(urlOf(index), { headers: { authorization: `Bearer ${ada.token}` } });
      await client.ofType('ready').then(
        () => client?.send({ type: 'subscribe', channel, after: seqs.at(-1) ?? 0 }),
        () => undefined,
      );
      codes.push(await client.closed);
      seqs.push(...client.seqs(channel));
    }
  };
  const looping = loop();
  return {
    seqs,
    codes,
    last: () => client?.seqs(channel).at(-1) ?? seqs.at(-1) ?? 0,
    cut: () => client?.socket.terminate(),
    end: async () => {
      isDone = true;
      client?.socket.close();
      await looping;
    },
  };
}

/** Appends events until the number, each in its own transaction, and calls `between` after each. */
async function appendAll(run: string, from: number, to: number, between?: (seq: number) => Promise<void> | void) {
  for (let seq = from; seq <= to; seq += 1) {
    await append(run, { message: `event ${seq}` });
    await between?.(seq);
  }
}

it('100 reconnects at random moments: no event is lost, doubled or out of order', { timeout: 60_000 }, async () => {
  const run = await insertRun(ada);
  const client = followAlways(`run:${run}`, 0);
  let cuts = 0;
  const writing = appendAll(run, 1, 400);
  while (cuts < 100) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 25));
    client.cut();
    cuts += 1;
  }
  await writing;
  await expect.poll(client.last).toBe(400);
  await client.end();
  expect(client.seqs).toEqual(numbersTo(400));
  expect(client.codes.length).toBeGreaterThan(50);
});

it('an instance that is killed, and one that is stopped: clients go on at the other one', {
  timeout: 60_000,
}, async () => {
  const run = await insertRun(ada);
  const clients = Array.from({ length: 6 }, (_, index) => followAlways(`run:${run}`, index));
  await appendAll(run, 1, 60, async (seq) => {
    if (seq === 20) await instances[0]?.stop('SIGKILL');
  });
  await Promise.all(clients.map((client) => expect.poll(client.last).toBe(60)));
  instances[0] = await serve('realtime-open-socket');
  const [, second] = instances;
  await appendAll(run, 61, 120, async (seq) => {
    if (seq === 80) expect(await second?.stop('SIGTERM')).toBe(0);
  });
  await Promise.all(clients.map((client) => expect.poll(client.last).toBe(120)));
  for (const client of clients) await client.end();
  for (const client of clients) expect(client.seqs).toEqual(numbersTo(120));
  // SIGTERM tells the clients to come back.
  expect(clients.flatMap(({ codes }) => codes)).toContain(1012);
});

it('goes on when the session that listens is lost', async () => {
  const run = await insertRun(ada);
  const client = await connectWith(`${server.url}/api/v1/ws`, ada.token);
  client.send({ type: 'subscribe', channel: `run:${run}`, after: 0 });
  await append(run, {});
  await client.until(({ seq, type }) => seq === 1 && type === 'event');
  const [lost] = await asOwner(
    `select count(pg_terminate_backend(pid))::int as sessions from pg_stat_activity
      where datname = current_database() and query ilike 'listen %' and pid <> pg_backend_pid()`,
  );
  expect(lost?.sessions).toBeGreaterThan(0);
  await appendAll(run, 2, 20);
  await client.until(({ seq }) => seq === 20);
  expect(client.seqs(`run:${run}`)).toEqual(numbersTo(20));
  client.socket.close();
});

it('holds little for a client that does not read, which gets every event once when it reads again', async () => {
  const run = await insertRun(ada);
  const url = `${instances[1]?.url}/api/v1/ws`;
  const slow = await connectWith(url, ada.token);
  const quick = await connectWith(url, ada.token);
  for (const client of [slow, quick]) client.send({ type: 'subscribe', channel: `run:${run}`, after: 0 });
  await slow.ofType('subscribed');
  await quick.ofType('subscribed');
  const before = instances[1]?.peakMegabytes() ?? 0;
  slow.socket.pause();
  // 30 MB for each client.
  const large = Array.from({ length: 100 }, () => ({ data: { a: 'x'.repeat(2_000), b: 'y'.repeat(2_000) } }));
  for (let page = 0; page < 75; page += 1) await append(run, ...large);
  await quick.until(({ seq }) => seq === 7_500);
  expect(slow.seqs(`run:${run}`).length).toBeLessThan(7_500);
  slow.socket.resume();
  await slow.until(({ seq }) => seq === 7_500);
  expect(slow.seqs(`run:${run}`)).toEqual(numbersTo(7_500));
  expect(instances[1]?.peakMegabytes()).toBeLessThan(before + 100);
  for (const client of [slow, quick]) client.socket.close();
});
