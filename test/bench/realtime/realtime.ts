import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { z } from 'zod';
import { createId } from '../../../functions/platform/id.ts';
import { freePort } from '../../support/free-port.ts';
import type { BenchDatabase } from '../database.ts';
import { median, ratioOf, rounded } from '../figures.ts';
import { type Peer, startPeer, startServer } from '../peer.ts';
import type { Settings } from '../settings.ts';
import { FanOutFigures } from './fan-out.ts';

/**
 * Measures the fan-out of one instance: 1,000 WebSocket clients follow a run that gets 10 or 50 events a second. Beside
 * it a bare server of `ws` sends the same messages to as many clients. On two busy cores 50 are more than it can send.
 */
export const CLIENTS = 1_000;
const RATES = [10, 50];
export const FAN_OUT_AIM = 2;
/** A user may have 20 connections. */
const USERS = 50;
const POOL_SIZE = 5;

export type RealtimeResult = Awaited<ReturnType<typeof measureRealtime>>;

export async function measureRealtime(database: BenchDatabase, { seconds, rounds }: Settings, home: string) {
  const environment = {
    DATABASE_URL: database.url,
    DB_POOL_MAX: String(POOL_SIZE),
    APEXFLOW_HOME: home,
    NODE_ENV: 'production',
    LOG_LEVEL: 'error',
    RATE_LIMIT_PER_MINUTE: '1000000',
  };
  const tokens = await signIn(database, environment);
  const generator = await startPeer(new URL('generator.ts', import.meta.url), {});
  const rates = [];
  try {
    for (const perSecond of RATES) {
      const measured: Record<'product' | 'bare', FanOutFigures[]> = { product: [], bare: [] };
      for (let round = 0; round < rounds; round += 1) {
        const run = { id: await insertRun(database), tokens, databaseUrl: database.url };
        const order = { seconds, perSecond };
        measured.product.push(await measureServer(generator, 'product', environment, { ...order, run }));
        measured.bare.push(await measureServer(generator, 'bare', environment, order));
      }
      rates.push({ per_second: perSecond, ...summarise(measured) });
    }
  } finally {
    await generator.stop();
  }
  return { aim: FAN_OUT_AIM, faults: rates.reduce((sum, { faults }) => sum + faults, 0), rates };
}

function summarise(measured: Record<'product' | 'bare', FanOutFigures[]>) {
  const of = (name: 'product' | 'bare', figure: keyof FanOutFigures) => measured[name].map((row) => row[figure]);
  const medians = (name: 'product' | 'bare') =>
    FanOutFigures.parse(
      Object.fromEntries(FanOutFigures.keyof().options.map((figure) => [figure, median(of(name, figure))])),
    );
  return {
    ratio: rounded(ratioOf(of('product', 'p99_ms'), of('bare', 'p99_ms')), 2),
    faults: of('product', 'faults').reduce((sum, count) => sum + count, 0),
    product: medians('product'),
    bare: medians('bare'),
  };
}

const fileBeside = (name: string) => fileURLToPath(new URL(name, import.meta.url));

async function measureServer(
  generator: Peer,
  name: 'product' | 'bare',
  environment: Record<string, string>,
  order: { seconds: number; perSecond: number; run?: object },
): Promise<FanOutFigures> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const isProduct = name === 'product';
  const file = fileBeside(isProduct ? '../../../functions/platform/serve.ts' : 'bare.ts');
  const variables = { ...environment, FUNCTION_TARGET: 'realtime-open-socket', PORT: String(port) };
  const server = await startServer([file], variables, `${origin}/health`);
  try {
    const url = isProduct ? `${origin}/api/v1/ws` : origin;
    const shared = { ...order, url, clients: CLIENTS, pid: server.pid };
    return await generator.measure(shared, FanOutFigures);
  } finally {
    await server.stop();
  }
}

/** Inserts users of one tenant and returns their tokens. */
async function signIn(database: BenchDatabase, environment: Record<string, string>): Promise<string[]> {
  const subjects = Array.from({ length: USERS }, (_, index) => `fan-out-${index}`);
  await asOwner(
    database,
    `insert into users (id, tenant_id, auth_subject, email, display_name, role)
      select 'usr_' || s, $1, s, s || '@example.com', s, 'member' from unnest($2::text[]) s`,
    [database.tenantId, subjects],
  );
  const peer = await startPeer(new URL('../load/tokens.ts', import.meta.url), environment);
  const { tokens } = await peer.measure({ subjects }, z.object({ tokens: z.array(z.string()) }));
  await peer.stop();
  return tokens;
}

async function insertRun(database: BenchDatabase): Promise<string> {
  const id = createId('run');
  const text = `insert into sessions (id, tenant_id, user_id, query, status) values ($1, $2, $3, 'x', 'running')`;
  await asOwner(database, text, [id, database.tenantId, database.userId]);
  return id;
}

async function asOwner({ url }: BenchDatabase, text: string, values: unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text, values).finally(() => client.end());
}
