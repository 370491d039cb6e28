import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultBench, openFaultBench } from './bench/bench.ts';
import { SHORT_PLAY } from './bench/plays.ts';
import { type FaultFree, playTrials, playUndisturbed, pointsOf } from './bench/trials.ts';

/**
 * The connection ends, or the process, before and after statements of a sprint. Here: those of its start, of one worker's whole turn (claim, preparation, model,
 * a file, an edit, a fact, the next task) and of the settling that ends it; `npm run faults -- --statements` takes all, with both kinds of end.
 */
describe('a sprint whose connection or process ends at a statement', () => {
  let bench: FaultBench;
  let faultFree: FaultFree;
  beforeAll(async () => {
    bench = await openFaultBench({ workers: 2, play: SHORT_PLAY });
    faultFree = await playUndisturbed(bench);
  });
  afterAll(() => bench.close());

  it('the run that nothing disturbs is complete', () => {
    expect(faultFree.outcome).toMatchObject({ run: { status: 'completed' }, isGapless: true, isBookedOnce: true });
    expect(faultFree.trace.filter((name) => name === 'claim_node')).toHaveLength(5);
  });

  it('the connection is lost at every statement of the request that starts it', { timeout: 120_000 }, async () => {
    const points = pointsOf(faultFree.trace, 0, faultFree.trace.indexOf('commit') + 1);
    expect(points.length).toBeGreaterThan(20);
    const { wrong, struck } = await playTrials(bench, faultFree, points, { atOnce: 32, patienceMs: 60_000 });
    expect(wrong).toEqual([]);
    expect(struck).toBe(points.length);
  });

  it('the connection is lost at every statement of a turn with three tools', { timeout: 120_000 }, async () => {
    const { trace } = faultFree;
    const claims = trace.flatMap((name, at) => (name === 'claim_node' ? [at - 1] : []));
    const points = pointsOf(trace, claims[2], claims[3]);
    // Fewer than there were: the run's lock is part of the claim and of the hold, and the last result goes with the release.
    expect(points.length).toBeGreaterThan(40);
    const { wrong, struck } = await playTrials(bench, faultFree, points, { atOnce: 48, patienceMs: 60_000 });
    expect(wrong).toEqual([]);
    expect(struck).toBe(points.length);
  });

  it('the connection is lost at every statement of what ends it and learns from it', { timeout: 120_000 }, async () => {
    const { trace } = faultFree;
    const points = pointsOf(trace, trace.lastIndexOf('lock_run_for_settling') - 2);
    expect(points.length).toBeGreaterThan(20);
    const { wrong, struck } = await playTrials(bench, faultFree, points, { atOnce: 48, patienceMs: 60_000 });
    expect(wrong).toEqual([]);
    // What stands behind the run's end may come after the look at it.
    expect(struck).toBeGreaterThan(points.length - 15);
  });

  it('the process is killed at statements spread over all of it', { timeout: 120_000 }, async () => {
    const all = pointsOf(faultFree.trace);
    const points = Array.from({ length: 12 }, (_, index) => all[Math.floor((index * all.length) / 12) + 3]).filter(
      (point) => point !== undefined,
    );
    const { wrong, restarts } = await playTrials(bench, faultFree, points, {
      atOnce: 6,
      kill: true,
      patienceMs: 60_000,
    });
    expect(wrong).toEqual([]);
    expect(restarts).toBe(12);
  });
});
