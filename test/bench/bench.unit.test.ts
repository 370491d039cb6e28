import { describe, expect, it } from 'vitest';
import { StartClock } from './chain/load.ts';
import { median, quantile, ratioOf } from './figures.ts';
import { readSettings } from './settings.ts';

describe('the figures of the benchmark', () => {
  it('measures the wait from the commit to the handler, which is zero for a handler that starts before', () => {
    const clock = new StartClock();
    clock.due('a');
    clock.started('a');
    clock.started('b');
    clock.due('b');
    expect(clock.waits).toHaveLength(2);
    expect(clock.waits[0]).toBeGreaterThan(0);
    expect(clock.waits[1]).toBe(0);
    clock.reset();
    expect(clock.waits).toEqual([]);
  });

  it('takes ratios within a round, so that a slow minute affects both sides', () => {
    expect(ratioOf([10, 100, 50], [20, 200, 50])).toBe(0.5);
    expect(median([3, 1, 2])).toBe(2);
    expect(quantile([1, 2, 3, 4], 0.99)).toBe(4);
  });

  it('rejects an unknown option', () => {
    expect(() => readSettings(['--only', 'everything'], {})).toThrow('only');
    expect(readSettings(['--only', 'chain', '--seconds', '1'], {})).toMatchObject({ parts: ['chain'], seconds: 1 });
    expect(readSettings(['--no-peers'], {})).toMatchObject({ peers: false, backlog: 100_000 });
  });
});
