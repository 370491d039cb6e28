import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { freePort } from '../../support/free-port.ts';
import type { BenchDatabase } from '../database.ts';
import { type Peer, type StartedServer, startPeer, startServer } from '../peer.ts';
import type { Settings } from '../settings.ts';
import { ClientsFigures, type ClientsOrder } from './clients.ts';

/**
 * Measures the whole product, as `npm start` runs it, with many signed-in users at once: on PostgreSQL and on the
 * embedded database. Beside it bare `node:http` answers the same query from the same kind of database.
 */
export const CLIENTS = 200;
export const POOL_SIZE = 10;
/** A measurement takes 30 s when the others take 3 s: the tail of many users needs more requests. */
const SECONDS_FACTOR = 10;
/** No answer of the embedded database takes longer. */
export const STALL_AIM_MS = 2_000;

export type LoadRow = ClientsFigures & { name: string; database: 'PostgreSQL' | 'embedded'; peak_mib: number };
export interface LoadResult {
  rows: LoadRow[];
  errors: number;
  embedded_longest_ms: number;
}

const fileBeside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const PRODUCT = fileBeside('../../../scripts/run-local.ts');
const BARE = fileBeside('bare.ts');

/** @param database undefined: only the embedded database is measured */
export async function measureLoad(
  database: BenchDatabase | undefined,
  { seconds }: Settings,
  home: string,
): Promise<LoadResult> {
  const environment = {
    DB_POOL_MAX: String(POOL_SIZE),
    APEXFLOW_HOME: join(home, 'load'),
    NODE_ENV: 'production',
    LOG_LEVEL: 'error',
    RATE_LIMIT_PER_MINUTE: '1000000',
  };
  const tokens = await signIn(environment);
  const generator = await startPeer(new URL('generator.ts', import.meta.url), {});
  const rows: LoadRow[] = [];
  const order = { tokens, seconds: Math.max(1, Math.round(seconds * SECONDS_FACTOR)) };
  try {
    for (const kind of ['PostgreSQL', 'embedded'] as const) {
      if (kind === 'PostgreSQL' && database === undefined) continue;
      const url = kind === 'PostgreSQL' ? (database?.url ?? '') : '';
      const measure = (name: string, file: string, mix: ClientsOrder['mix']) =>
        measureServer(generator, {
          file,
          environment: { ...environment, DATABASE_URL: url },
          order: { ...order, mix },
        }).then((figures) => rows.push({ name, database: kind, ...figures }));
      await measure('ApexFlow, profile', PRODUCT, 'profile');
      await measure('bare node:http, query only', BARE, 'profile');
      await measure('ApexFlow, reads, searches and writes', PRODUCT, 'everything');
    }
  } finally {
    await generator.stop();
  }
  const ofProduct = rows.filter(({ name }) => name.startsWith('ApexFlow'));
  // A write has several transactions, each of which waits for its turn behind 200 users: no stall, but a queue.
  const profile = ofProduct.find((row) => row.database === 'embedded');
  return {
    rows,
    errors: ofProduct.reduce((sum, row) => sum + row.errors, 0),
    embedded_longest_ms: profile?.longest_ms ?? Number.NaN,
  };
}

async function signIn(environment: Record<string, string>): Promise<string[]> {
  const peer = await startPeer(new URL('tokens.ts', import.meta.url), environment);
  const subjects = Array.from({ length: CLIENTS }, (_, index) => `load-${index}`);
  const { tokens } = await peer.measure({ subjects }, z.object({ tokens: z.array(z.string()) }));
  await peer.stop();
  return tokens;
}

interface Measurement {
  file: string;
  environment: Record<string, string>;
  order: Omit<ClientsOrder, 'url'>;
}

/** Starts a server, lets each user make its first requests, and measures. */
async function measureServer(
  generator: Peer,
  { file, environment, order }: Measurement,
): Promise<ClientsFigures & { peak_mib: number }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const variables = { ...environment, PORT: String(port) };
  const server: StartedServer = await startServer([file], variables, `${url}/readiness`);
  try {
    // The first request of a user creates the account and its tenant.
    const warmUp = Math.max(1, Math.round(order.seconds / 6));
    await generator.measure({ ...order, url, seconds: warmUp }, ClientsFigures);
    const figures = await generator.measure({ ...order, url }, ClientsFigures);
    return { ...figures, peak_mib: server.peakMebibytes() };
  } finally {
    await server.stop();
  }
}
