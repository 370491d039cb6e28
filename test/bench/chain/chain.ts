import { z } from 'zod';
import { type BenchDatabase, productEnvironment } from '../database.ts';
import { median, ratioOf, rounded } from '../figures.ts';
import { startPeer } from '../peer.ts';
import type { Settings } from '../settings.ts';
import { type Contestant, FLOOR, OURS, PEERS } from './contestants.ts';
import { ChainFigures } from './load.ts';

/**
 * Measures chains of five steps: the product, a minimal server and other durable queues, in turns on one PostgreSQL.
 */

export const CHAIN_AIM = 0.6;
export const PEER_AIM = 1;

export type ChainResult = Awaited<ReturnType<typeof measureChain>>;

export async function measureChain(database: BenchDatabase, settings: Settings, home: string, url = database.url) {
  const contestants: Record<string, Contestant> = { ...OURS, ...FLOOR, ...(settings.peers ? PEERS : {}) };
  const environment = {
    ...productEnvironment(database, home),
    DATABASE_URL: url,
    BENCH_USER: database.userId,
    // Deprecation warnings of the libraries are not relevant here.
    NODE_NO_WARNINGS: '1',
  };
  const measured = new Map<string, ChainFigures[]>(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < settings.rounds; round += 1) {
    for (const [name, contestant] of Object.entries(contestants)) {
      measured.get(name)?.push(await measureOnce(contestant, environment, settings.seconds));
    }
  }
  return summarise(measured);
}

/**
 * Measures once in a new process, so that no contestant is slowed down by the polling of another. Warms up code, pool
 * and query plans first.
 */
async function measureOnce(
  { file, variant, environment }: Contestant,
  common: Record<string, string>,
  seconds: number,
): Promise<ChainFigures> {
  const peer = await startPeer(file, { ...common, ...environment });
  try {
    await peer.measure({ variant, seconds: Math.min(WARM_UP_SECONDS, seconds) }, ChainFigures);
    return await peer.measure({ variant, seconds }, ChainFigures);
  } finally {
    await peer.stop();
  }
}

const WARM_UP_SECONDS = 4;

/** Measures the same through a proxy that adds a millisecond to each round trip to the database. */
export async function measureDistantChain(database: BenchDatabase, settings: Settings, home: string) {
  const proxy = await startPeer(new URL('../latency-proxy.ts', import.meta.url), {
    DATABASE_URL: database.url,
    BENCH_DELAY_MS: String(DISTANCE_MS),
  });
  try {
    const { port } = await proxy.measure({}, z.object({ port: z.number() }));
    const url = new URL(database.url);
    url.port = String(port);
    return await measureChain(database, settings, home, url.href);
  } finally {
    await proxy.stop();
  }
}

export const DISTANCE_MS = 1;

function summarise(measured: ReadonlyMap<string, ChainFigures[]>) {
  const rows = [...measured].map(([name, rounds]) => ({
    name,
    // The names are the keys of these objects.
    label: { ...OURS, ...FLOOR, ...PEERS }[name as keyof typeof PEERS].label,
    ...mediansOf(rounds),
  }));
  const speeds = (name: string) => (measured.get(name) ?? []).map((figures) => figures.steps_per_second);
  const ratio = (ours: keyof typeof OURS, theirs: string) => rounded(ratioOf(speeds(ours), speeds(theirs)), 2);
  const ratiosOf = (ours: keyof typeof OURS) =>
    Object.fromEntries(rows.filter(({ name }) => !(name in OURS)).map(({ name }) => [name, ratio(ours, name)]));
  return {
    aim: CHAIN_AIM,
    ratio: ratio('step', 'transaction'),
    ratios: { step: ratiosOf('step'), turn: ratiosOf('turn') },
    rows,
  };
}

function mediansOf(rounds: readonly ChainFigures[]): ChainFigures {
  const medianOf = (name: keyof ChainFigures) => median(rounds.map((figures) => figures[name] ?? 0));
  return {
    steps_per_second: medianOf('steps_per_second'),
    cpu_us_per_step: medianOf('cpu_us_per_step'),
    start_p50_ms: rounds.some((figures) => figures.start_p50_ms === null) ? null : medianOf('start_p50_ms'),
    start_p99_ms: rounds.some((figures) => figures.start_p99_ms === null) ? null : medianOf('start_p99_ms'),
    chain_p50_ms: medianOf('chain_p50_ms'),
    chain_p99_ms: medianOf('chain_p99_ms'),
  };
}
