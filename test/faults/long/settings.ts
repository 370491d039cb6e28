import { parseArgs } from 'node:util';

/** Settings of the product and of the load. */
export interface Setting {
  name: 'laptop' | 'production';
  leaseSeconds: number;
  sweepMs: number;
  /** Workers resume the work of an earlier process when they start, as a laptop's server does. */
  resumes: boolean;
  /** Maximum stall of a killed worker's nodes, at p99. */
  recoverySeconds: number;
  runs: number;
  /** Number of concurrent runs. */
  atOnce: number;
  workers: number;
  /** No new run is started after this time. Running runs are awaited. */
  minutes: number;
  /** The share of runs that are cancelled, from 0 to 1. */
  cancelled: number;
  seed: number;
}

/** Maximum duration of a run after the faults have ended: a lost task waits for two sweeps. */
export const PATIENCE_MS = 6 * 60_000;
export const CANCEL_SECONDS = 5;

/**
 * Parses the command line.
 * @throws TypeError for an unknown option
 */
export function settingsOf(parameters: readonly string[]): { settings: Setting[]; isEveryStatement: boolean } {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      runs: { type: 'string', default: '2000' },
      'production-runs': { type: 'string', default: '150' },
      minutes: { type: 'string', default: '15' },
      seed: { type: 'string', default: '1' },
      cancelled: { type: 'string', default: '0.15' },
      workers: { type: 'string', default: '4' },
      setting: { type: 'string', default: 'both' },
      statements: { type: 'boolean', default: false },
    },
  });
  const common = {
    workers: Number(values.workers),
    minutes: Number(values.minutes),
    cancelled: Number(values.cancelled),
    seed: Number(values.seed),
  };
  const laptop = { name: 'laptop', leaseSeconds: 6, sweepMs: 2_000, resumes: true, recoverySeconds: 10 } as const;
  const production = {
    name: 'production',
    leaseSeconds: 60,
    sweepMs: 60_000,
    resumes: false,
    recoverySeconds: 120,
  } as const;
  const settings: Setting[] = [
    { ...laptop, ...common, runs: Number(values.runs), atOnce: 12 },
    { ...production, ...common, runs: Number(values['production-runs']), atOnce: 150 },
  ];
  return {
    settings: settings.filter(({ name }) => values.setting === 'both' || values.setting === name),
    isEveryStatement: values.statements,
  };
}

/** Returns a generator of numbers from 0 to 1 that depend only on the seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
