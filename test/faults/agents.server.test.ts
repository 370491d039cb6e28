import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultBench, openFaultBench, SPAWN } from './bench/bench.ts';
import { AGENTS_PLAY } from './bench/plays.ts';
import { type FaultFree, playFaultFree, playTrials, pointsOf } from './bench/trials.ts';

/**
 * The connection is cut at every tenth statement of a tree of three agents, and the process is killed at some of them.
 * The tree then goes on: no agent is spawned twice, and no recorded turn is asked or booked again.
 */
describe('a tree of agents whose connection or process ends at a statement', () => {
  let bench: FaultBench;
  let faultFree: FaultFree;
  beforeAll(async () => {
    bench = await openFaultBench({ workers: 2, play: AGENTS_PLAY, begin: SPAWN });
    faultFree = await playFaultFree(bench);
  });
  afterAll(() => bench.close());

  it('has a complete fault-free run', () => {
    expect(faultFree.outcome).toMatchObject({
      run: { status: 'completed', result: 'general is done.' },
      nodes: [
        { name: 'general', status: 'completed', turn: 3 },
        { name: 'researcher.1', status: 'completed', turn: 2 },
        { name: 'writer.2', status: 'completed', turn: 2 },
      ],
      files: [{ path: 'text.md', version: 1 }],
      isGapless: true,
      isBookedOnce: true,
    });
  });

  it('reaches the fault-free outcome when the connection is cut at a statement', { timeout: 180_000 }, async () => {
    const points = pointsOf(faultFree.trace).filter((_, index) => index % 10 === 0);
    expect(points.length).toBeGreaterThan(20);
    const { wrong, injected } = await playTrials(bench, faultFree, points, { atOnce: 24, patienceMs: 90_000 });
    expect(wrong).toEqual([]);
    // Statements after the end of the run may come after its outcome was read.
    expect(injected).toBeGreaterThan(points.length * 0.7);
  });

  it('reaches the fault-free outcome when the process is killed in the middle', { timeout: 180_000 }, async () => {
    const all = pointsOf(faultFree.trace);
    const points = Array.from({ length: 6 }, (_, index) => all[Math.floor((index * all.length) / 8) + 3]).filter(
      (point) => point !== undefined,
    );
    const { wrong, restarts } = await playTrials(bench, faultFree, points, {
      atOnce: 3,
      kill: true,
      patienceMs: 90_000,
    });
    expect(wrong).toEqual([]);
    expect(restarts).toBe(points.length);
  });
});
