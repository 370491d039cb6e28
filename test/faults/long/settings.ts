import { parseArgs } from 'node:util';

/** How the product is set up while it is disturbed. */
export interface Setting {
  name: 'laptop' | 'production';
  leaseSeconds: number;
  sweepMs: number;
  /** A laptop's server looks at its start for work of the time before. */
  resumes: boolean;
  /** Longest that the nodes of a killed worker may stand still, at p99. */
  recoverySeconds: number;
  runs: number;
  /** Runs that are under way at the same time. */
  atOnce: number;
  workers: number;
  /** No new run is started after this; what is under way is waited for. */
  minutes: number;
  seed: number;
}

/** Longest that a run may take once the faults have ended: what was lost by the queue waits for two sweeps. */
export const PATIENCE_MS = 6 * 60_000;
export const CANCEL_SECONDS = 5;

/** @throws TypeError for an option that there is not */
export function settingsOf(parameters: readonly string[]): { settings: Setting[]; isEveryStatement: boolean } {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      runs: { type: 'string', default: '2000' },
      'production-runs': { type: 'string', default: '150' },
      minutes: { type: 'string', default: '15' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: '4' },
      setting: { type: 'string', default: 'both' },
      statements: { type: 'boolean', default: false },
    },
  });
  const common = { workers: Number(values.workers), minutes: Number(values.minutes), seed: Number(values.seed) };
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

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
