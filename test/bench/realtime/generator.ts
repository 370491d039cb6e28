import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { cpuMilliseconds } from '../cpu-time.ts';
import { quantile, rounded } from '../figures.ts';
import { answerOrders } from '../peer.ts';
import { type FanOutFigures, FanOutOrder } from './fan-out.ts';
import { WireClient } from './wire-client.ts';

/** The clients, and who writes the messages. Both are in this process, so that one clock measures. */

const TEXT = 'x'.repeat(200);
const AT_ONCE = 20;
/** How long late messages are waited for. */
const PATIENCE_MS = 10_000;

/** Where a message is written. `send` resolves when it is committed. */
interface Writer {
  send(seq: number): Promise<void>;
  end(): Promise<void>;
}

async function measure(order: FanOutOrder): Promise<FanOutFigures> {
  const sentAt: number[] = [];
  const waits: number[] = [];
  const counts = new Uint16Array(order.clients);
  const hear = (client: number) => (payload: Buffer) => {
    const seq = numberIn(payload);
    if (seq === undefined) return;
    counts[client] = (counts[client] ?? 0) + 1;
    waits.push(performance.now() - (sentAt[seq] ?? performance.now()));
  };
  const before = residentKibibytes(order.pid);
  const clients = await connectAll(order, hear);
  await sleep(1_500);
  const memory = residentKibibytes(order.pid) - before;
  const writer = order.run === undefined ? await bareWriter(order.url) : await runWriter(order.run);
  const cpuBefore = cpuMilliseconds(order.pid);
  const messages = Math.round(order.perSecond * order.seconds);
  const startedAt = performance.now();
  for (let seq = 1; seq <= messages; seq += 1) {
    await sleep(Math.max(0, startedAt + (seq * 1000) / order.perSecond - performance.now()));
    void writer.send(seq).then(() => {
      sentAt[seq] = performance.now();
    });
  }
  const expected = order.clients * messages;
  for (let waited = 0; waits.length < expected && waited < PATIENCE_MS; waited += 50) await sleep(50);
  const cpu = cpuMilliseconds(order.pid) - cpuBefore;
  await writer.end();
  for (const client of clients) client.end();
  return {
    p50_ms: rounded(quantile(waits, 0.5), 2),
    p99_ms: rounded(quantile(waits, 0.99), 2),
    faults: counts.reduce((sum, count) => sum + Math.abs(count - messages), 0),
    kib_per_client: rounded(memory / order.clients, 1),
    cpu_us_per_delivery: rounded((cpu * 1000) / expected, 2),
  };
}

async function connectAll(order: FanOutOrder, hear: (client: number) => (payload: Buffer) => void) {
  const clients: WireClient[] = [];
  const { run } = order;
  while (clients.length < order.clients) {
    const batch = Array.from({ length: Math.min(AT_ONCE, order.clients - clients.length) }, async (_, index) => {
      const number = clients.length + index;
      const client = await WireClient.open(order.url, run?.tokens[number % run.tokens.length], hear(number));
      if (run !== undefined) client.send(JSON.stringify({ type: 'subscribe', channel: `run:${run.id}`, after: 0 }));
      return client;
    });
    clients.push(...(await Promise.all(batch)));
  }
  return clients;
}

/** A message is an event with the number at the same place, or no message. */
function numberIn(payload: Buffer): number | undefined {
  const head = payload.toString('latin1', 0, 100);
  const seq = /^\{"type":"event","channel":"[^"]+","seq":(\d+)/.exec(head)?.[1];
  return seq === undefined ? undefined : Number(seq);
}

async function bareWriter(url: string): Promise<Writer> {
  const client = await WireClient.open(url, undefined, () => undefined);
  return {
    send: async (seq) => {
      // As long as the product's frames.
      const rest = {
        run_id: TEXT.slice(0, 30),
        event: 'message_sent',
        timestamp: new Date(),
        level: 'info',
        source: 'x',
      };
      const frame = { type: 'event', channel: 'run:run_01j00000000000000000000000', seq, ...rest };
      client.send(JSON.stringify({ ...frame, message: TEXT, data: {}, truncated: false }));
    },
    end: async () => client.end(),
  };
}

async function runWriter({ id, databaseUrl }: NonNullable<FanOutOrder['run']>): Promise<Writer> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const events = JSON.stringify([{ type: 'message_sent', level: 'info', source: 'x', message: TEXT }]);
  let last: Promise<unknown> = Promise.resolve();
  return {
    send: async () => {
      last = last.then(() => client.query('select append_run_events($1, $2)', [id, events]));
      await last;
    },
    end: () => client.end(),
  };
}

function residentKibibytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

answerOrders(FanOutOrder, measure);
