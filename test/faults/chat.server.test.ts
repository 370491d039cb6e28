import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultBench, MESSAGE, openFaultBench } from './bench/bench.ts';
import { CHAT_PLAY } from './bench/plays.ts';
import { type FaultFree, playFaultFree, playTrials, pointsOf } from './bench/trials.ts';

/**
 * The connection is cut at every second statement of an answer of the chat, from the request that sends the message to
 * the end of the answer's run, and the process is killed at some of them.
 */
describe('an answer whose connection or process ends at a statement', () => {
  let bench: FaultBench;
  let faultFree: FaultFree;
  beforeAll(async () => {
    bench = await openFaultBench({ workers: 2, play: CHAT_PLAY, begin: MESSAGE });
    faultFree = await playFaultFree(bench);
  });
  afterAll(() => bench.close());

  it('has a complete fault-free run: one answer, one conversation, one started run', () => {
    expect(faultFree.outcome).toMatchObject({
      run: { status: 'completed' },
      isGapless: true,
      isBookedOnce: true,
      chat: [
        { role: 'user', conversations: 1, started: 1 },
        { role: 'assistant', status: 'complete', content: 'I compute and start the work.\n\nIt is 42.' },
      ],
    });
  });

  it('reaches the fault-free outcome when the connection is cut at a statement', { timeout: 120_000 }, async () => {
    const points = pointsOf(faultFree.trace).filter((_, index) => index % 2 === 0);
    expect(points.length).toBeGreaterThan(30);
    const { wrong, injected } = await playTrials(bench, faultFree, points, { atOnce: 32, patienceMs: 60_000 });
    expect(wrong).toEqual([]);
    // Statements after the end of the answer may come after its outcome was read.
    expect(injected).toBeGreaterThan(points.length * 0.7);
  });

  it('reaches the fault-free outcome when the process is killed at any statement', { timeout: 120_000 }, async () => {
    const all = pointsOf(faultFree.trace);
    const points = Array.from({ length: 6 }, (_, index) => all[Math.floor((index * all.length) / 8) + 3]).filter(
      (point) => point !== undefined,
    );
    const { wrong, restarts } = await playTrials(bench, faultFree, points, {
      atOnce: 4,
      kill: true,
      patienceMs: 60_000,
    });
    expect(wrong).toEqual([]);
    expect(restarts).toBe(points.length);
  });
});
