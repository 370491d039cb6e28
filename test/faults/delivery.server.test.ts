import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type FaultBench, openFaultBench } from './bench/bench.ts';
import { MODEL_FAULTS, mixedPlay } from './bench/mixed-play.ts';
import type { Delivery, QueueFaults } from './bench/scripted-queue.ts';
import { openSmallRuns, type SmallRuns } from './bench/small-runs.ts';

/** One for each of three nodes, three settle steps and one learn step. */
const TASKS_OF_A_RUN = 7;

/** Faults that a queue, a scheduler and a model may have. Every run must reach the fault-free outcome. */
describe('runs while the queue, the scheduler or the model fails', () => {
  let bench: FaultBench;
  let runs: SmallRuns;
  beforeAll(async () => {
    bench = await openFaultBench({ workers: 2, leaseSeconds: 4, variables: { MODEL_TIMEOUT_SECONDS: '4' } });
    runs = await openSmallRuns(bench);
    expect(runs.faultFree).toMatchObject({ run: { status: 'completed' }, isGapless: true, isBookedOnce: true });
  });
  afterEach(() => {
    bench.queue.faults = {};
    bench.clock.copies = 1;
    bench.team.perform(mixedPlay(() => undefined));
  });
  afterAll(() => bench.close());

  it('every task is delivered five times concurrently', { timeout: 70_000 }, async () => {
    const before = bench.queue.deliveries;
    bench.queue.faults = { delivery: () => ({ copies: 5 }) };
    expect(await runs.play(4)).toEqual([]);
    expect(bench.queue.deliveries - before).toBeGreaterThanOrEqual(5 * 4 * TASKS_OF_A_RUN);
  });

  it('tasks are delivered late and in another order', { timeout: 70_000 }, async () => {
    let number = 0;
    bench.queue.faults = {
      delivery: () => {
        number += 1;
        return { delayMs: (number * 137) % 500 };
      },
    };
    expect(await runs.play(4)).toEqual([]);
  });

  it('the delivery deadline passes while the worker goes on', { timeout: 70_000 }, async () => {
    const before = bench.queue.failures;
    bench.queue.faults = { delivery: everyOtherTaskOfARun({ deadlineMs: 25 }) };
    expect(await runs.play(4)).toEqual([]);
    expect(bench.queue.failures).toBeGreaterThan(before);
  });

  it('the creation of a task is rejected, or its answer is lost', { timeout: 70_000 }, async () => {
    const stopSkipping = bench.skipTime(2_000);
    const fates = ['refused', 'unanswered', 'created'] as const;
    let number = 0;
    bench.queue.faults = {
      creation: () => {
        number += 1;
        return fates[number % 3] ?? 'created';
      },
    };
    expect(await runs.play(4)).toEqual([]);
    expect(number).toBeGreaterThan(20);
    stopSkipping();
  });

  it('every fifth task is never delivered', { timeout: 70_000 }, async () => {
    const stopSkipping = bench.skipTime(2_000);
    let number = 0;
    bench.queue.faults = {
      creation: () => {
        number += 1;
        // Tasks that the sweepers create instead are delivered: their names contain the minute.
        return number % 5 === 0 && number < 4 * TASKS_OF_A_RUN ? 'lost' : 'created';
      },
    };
    expect(await runs.play(4)).toEqual([]);
    stopSkipping();
  });

  it('the timers stop while tasks are lost, and are then called three times concurrently', {
    timeout: 70_000,
  }, async () => {
    bench.clock.copies = 0;
    let isLosing = true;
    bench.queue.faults = { creation: () => (isLosing ? 'lost' : 'created') };
    const run = await runs.start(1);
    await sleep(1_500);
    const { rows } = await bench.pool.query('select id from sessions where id = $1 and completed_at is not null', [
      run.id,
    ]);
    expect(rows).toEqual([]);
    isLosing = false;
    bench.clock.copies = 3;
    const stopSkipping = bench.skipTime(1_500);
    await bench.ended([run.id], 60_000);
    expect(await runs.differences(run)).toEqual([]);
    stopSkipping();
  });

  it(`the model fails: ${MODEL_FAULTS.map(({ name }) => name).join(', ')}`, { timeout: 90_000 }, async () => {
    const broken = new Set<string>();
    bench.team.perform(
      mixedPlay(({ mark, role, turn }) => {
        if (role !== 'backend' || turn !== 0 || broken.has(mark)) return undefined;
        broken.add(mark);
        return MODEL_FAULTS[Number(mark.split('-')[1]) - 1];
      }),
    );
    expect(await runs.play(MODEL_FAULTS.length)).toEqual([]);
    expect(broken.size).toBe(MODEL_FAULTS.length);
  });
});

/**
 * Injects a fault into every other task of a run. With a fault in every task, no delivery would have the time to
 * finish.
 */
function everyOtherTaskOfARun(fault: Delivery): NonNullable<QueueFaults['delivery']> {
  const seen = new Map<unknown, string[]>();
  return (task, tries) => {
    const { run_id: runId } = z.object({ run_id: z.string() }).parse(task.payload);
    const names = seen.get(runId) ?? [];
    seen.set(runId, names);
    if (!names.includes(task.name)) names.push(task.name);
    return tries === 0 && names.indexOf(task.name) % 2 === 0 ? fault : {};
  };
}
