import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type FaultBench, openFaultBench } from './bench/bench.ts';
import { type FaultFree, playFaultFree, playTrials, pointsOf } from './bench/trials.ts';

/**
 * The connection is cut, or the process is killed, before and after each statement of a call of a tool by a user: of
 * the request that starts it, of the step that makes the call and of the step that ends the run.
 */
describe('a call whose connection or process ends at a statement', () => {
  let bench: FaultBench;
  let faultFree: FaultFree;
  beforeAll(async () => {
    bench = await openFaultBench({ workers: 2 });
    bench.start = async (person) => {
      const body = { name: 'write_file', arguments: { path: 'a.txt', content: 'a' } };
      const answer = await bench.call('POST', '/api/v1/tools/execute?wait=0', person, body, randomUUID());
      if (answer.status !== 200 && answer.status !== 202)
        throw new Error(`A call was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return z.string().parse(answer.body.run_id);
    };
    faultFree = await playFaultFree(bench);
  });
  afterAll(() => bench.close());

  it('has a complete fault-free run', () => {
    expect(faultFree.outcome).toMatchObject({ run: { status: 'completed' }, isGapless: true });
    expect(faultFree.trace.filter((name) => name === 'claim_node')).toHaveLength(1);
  });

  it('reaches the fault-free outcome when the connection is cut', { timeout: 120_000 }, async () => {
    const points = pointsOf(faultFree.trace);
    expect(points.length).toBeGreaterThan(20);
    const { wrong, injected } = await playTrials(bench, faultFree, points, { atOnce: 32, patienceMs: 60_000 });
    expect(wrong).toEqual([]);
    // Statements after the end of the run may come after its outcome was read.
    expect(injected).toBeGreaterThan(points.length - 10);
  });

  it('reaches the fault-free outcome when the process is killed', { timeout: 120_000 }, async () => {
    const all = pointsOf(faultFree.trace);
    const points = Array.from({ length: 8 }, (_, index) => all[Math.floor((index * all.length) / 8)]).filter(
      (point) => point !== undefined,
    );
    const options = { atOnce: 4, kill: true, patienceMs: 60_000 };
    const { wrong, restarts } = await playTrials(bench, faultFree, points, options);
    expect(wrong).toEqual([]);
    expect(restarts).toBeGreaterThan(points.length - 2);
  });
});
