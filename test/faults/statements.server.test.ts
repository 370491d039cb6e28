import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultBench, openFaultBench } from './bench/bench.ts';
import { SHORT_PLAY } from './bench/plays.ts';
import { type FaultFree, playFaultFree, playTrials, pointsOf } from './bench/trials.ts';

/**
 * The connection is cut, or the process is killed, before and after statements of a sprint: those of its start, of one
 * worker's two turns (claim, preparation, model, a file, an edit, a fact, the answer) and of the step that ends the
 * sprint. `npm run faults -- --statements` covers all statements with both faults.
 */
describe('a sprint whose connection or process ends at a statement', () => {
  let bench: FaultBench;
  let faultFree: FaultFree;
  beforeAll(async () => {
    bench = await openFaultBench({ workers: 2, play: SHORT_PLAY });
    faultFree = await playFaultFree(bench);
  });
  afterAll(() => bench.close());

  it('has a complete fault-free run', () => {
    expect(faultFree.outcome).toMatchObject({ run: { status: 'completed' }, isGapless: true, isBookedOnce: true });
    expect(faultFree.trace.filter((name) => name === 'claim_node')).toHaveLength(3);
  });

  it('reaches the fault-free outcome when the connection is cut in the request that starts it', {
    timeout: 120_000,
  }, async () => {
    const points = pointsOf(faultFree.trace, 0, faultFree.trace.indexOf('commit') + 1);
    expect(points.length).toBeGreaterThan(20);
    const { wrong, injected } = await playTrials(bench, faultFree, points, { atOnce: 32, patienceMs: 60_000 });
    expect(wrong).toEqual([]);
    expect(injected).toBe(points.length);
  });

  it('reaches the fault-free outcome when the connection is cut in a turn with three tools', {
    timeout: 120_000,
  }, async () => {
    const { trace } = faultFree;
    const claims = trace.flatMap((name, at) => (name === 'claim_node' ? [at - 1] : []));
    const points = pointsOf(trace, claims[1], claims[2]);
    expect(points.length).toBeGreaterThan(40);
    const { wrong, injected } = await playTrials(bench, faultFree, points, { atOnce: 48, patienceMs: 60_000 });
    expect(wrong).toEqual([]);
    expect(injected).toBe(points.length);
  });

  it('reaches the fault-free outcome when the connection is cut while the run ends and is learned from', {
    timeout: 120_000,
  }, async () => {
    const { trace } = faultFree;
    const points = pointsOf(trace, trace.lastIndexOf('lock_run_for_settling') - 2);
    expect(points.length).toBeGreaterThan(20);
    const { wrong, injected } = await playTrials(bench, faultFree, points, { atOnce: 48, patienceMs: 60_000 });
    expect(wrong).toEqual([]);
    // Statements after the end of the run may come after its outcome was read.
    expect(injected).toBeGreaterThan(points.length - 15);
  });

  it('reaches the fault-free outcome when the process is killed at any statement', { timeout: 120_000 }, async () => {
    const all = pointsOf(faultFree.trace);
    const points = Array.from({ length: 12 }, (_, index) => all[Math.floor((index * all.length) / 12) + 3]).filter(
      (point) => point !== undefined,
    );
    const { wrong, restarts } = await playTrials(bench, faultFree, points, {
      // Each kill hits all of these runs, and a turn may be started five times.
      atOnce: 4,
      kill: true,
      patienceMs: 60_000,
    });
    expect(wrong).toEqual([]);
    expect(restarts).toBe(12);
  });
});
