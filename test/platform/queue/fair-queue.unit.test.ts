import { describe, expect, it } from 'vitest';
import { FairQueue } from '../../../functions/platform/queue/fair-queue.ts';

/** Takes items until no waiting tenant may have a slot. */
function takeAll(line: FairQueue<number>): string[] {
  const taken: string[] = [];
  for (let next = line.take(); next; next = line.take()) taken.push(`${next.tenant}${next.item}`);
  return taken;
}

describe('a queue of many tenants', () => {
  it('lets tenants take turns and keeps the order of each tenant', () => {
    const line = new FairQueue<number>(5);
    for (const item of [1, 2, 3, 4]) line.add('a', item);
    for (const item of [1, 2]) line.add('b', item);
    line.add('c', 1);
    expect(takeAll(line)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2']);
  });

  it('gives one tenant all ordinary slots, and another tenant a reserved slot meanwhile', () => {
    const line = new FairQueue<number>(8);
    for (let item = 0; item < 100_000; item += 1) line.add('a', item);
    expect(takeAll(line)).toHaveLength(8);
    for (const item of [1, 2, 3]) line.add('b', item);
    expect(takeAll(line)).toEqual(['b1', 'b2']);
    line.release('b');
    expect(takeAll(line)).toEqual(['b3']);
    line.release('b');
    line.release('b');
    expect(takeAll(line)).toEqual([]);
    line.release('a');
    expect(takeAll(line)).toEqual(['a8']);
  });

  it('keeps every item of a long queue', () => {
    const line = new FairQueue<number>(1);
    const seen: number[] = [];
    for (let item = 0; item < 25_000; item += 1) line.add('a', item);
    for (let next = line.take(); next; next = line.take()) {
      seen.push(next.item);
      line.release(next.tenant);
    }
    expect(seen).toEqual(Array.from({ length: 25_000 }, (_, item) => item));
  });
});
