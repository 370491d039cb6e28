import type { BenchDatabase } from '../database.ts';
import { median, ratioOf, rounded } from '../figures.ts';
import { type Peer, startPeer } from '../peer.ts';
import type { Settings } from '../settings.ts';
import { ChainFigures, POOL_SIZE } from './load.ts';

/** Steps per second of chains of five steps: the product beside a bare server that writes the same to the same Postgres. */

export const CHAIN_AIM = 0.6;

const VARIANTS = {
  step: ['product', 'step'],
  turn: ['product', 'turn'],
  transaction: ['floor', 'transaction'],
  one_statement: ['floor', 'one-statement'],
} as const;
type VariantName = keyof typeof VARIANTS;

export type ChainResult = Awaited<ReturnType<typeof measureChain>>;

export async function measureChain(database: BenchDatabase, settings: Settings, home: string) {
  const environment = {
    DATABASE_URL: database.url,
    DB_POOL_MAX: String(POOL_SIZE),
    APEXFLOW_HOME: home,
    NODE_ENV: 'production',
    LOG_LEVEL: 'error',
    BENCH_TENANT: database.tenantId,
    BENCH_USER: database.userId,
  };
  const peers = {
    product: await startPeer(new URL('product.ts', import.meta.url), environment),
    floor: await startPeer(new URL('floor.ts', import.meta.url), environment),
  };
  try {
    return summarise(await measureRounds(peers, settings));
  } finally {
    await Promise.all([peers.product.stop(), peers.floor.stop()]);
  }
}

type Rounds = Record<VariantName, ChainFigures[]>;

async function measureRounds(peers: Record<'product' | 'floor', Peer>, { seconds, rounds }: Settings): Promise<Rounds> {
  const measured: Rounds = { step: [], turn: [], transaction: [], one_statement: [] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of namesOf(measured)) {
      const [peer, variant] = VARIANTS[name];
      // The first round warms code, pool and plans up and does not count.
      const order = { variant, seconds: round === 0 ? Math.min(1, seconds) : seconds };
      const figures = await peers[peer].measure(order, ChainFigures);
      if (round > 0) measured[name].push(figures);
    }
  }
  return measured;
}

function summarise(measured: Rounds) {
  const speeds = (name: VariantName) => measured[name].map((figures) => figures.steps_per_second);
  const medianOf = (name: VariantName) => ({
    steps_per_second: median(speeds(name)),
    cpu_us_per_step: median(measured[name].map((figures) => figures.cpu_us_per_step)),
    chain_p50_ms: median(measured[name].map((figures) => figures.chain_p50_ms)),
    chain_p99_ms: median(measured[name].map((figures) => figures.chain_p99_ms)),
  });
  const ratio = (ours: VariantName, theirs: VariantName) => rounded(ratioOf(speeds(ours), speeds(theirs)), 2);
  return {
    aim: CHAIN_AIM,
    ratio: ratio('step', 'transaction'),
    ratio_to_one_statement: ratio('step', 'one_statement'),
    turn_ratio: ratio('turn', 'transaction'),
    turn_ratio_to_one_statement: ratio('turn', 'one_statement'),
    product: { step: medianOf('step'), turn: medianOf('turn') },
    floor: { transaction: medianOf('transaction'), one_statement: medianOf('one_statement') },
  };
}

function namesOf(rounds: Rounds): VariantName[] {
  return ['step', 'turn', 'transaction', 'one_statement'] satisfies (keyof typeof rounds)[];
}
