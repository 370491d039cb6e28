import { afterAll, afterEach, expect, it } from 'vitest';
import { watchLog } from '../../functions/platform/log.ts';
import { forEachRow } from '../../functions/platform/timer-rows.ts';

const lines: { severity: string; message: string; run_id?: string }[] = [];
const stop = watchLog((line) => lines.push(line));
afterEach(() => {
  lines.length = 0;
});
afterAll(stop);

const rows = ['a', 'b', 'c'];
const loop = { failure: 'a row could not be swept', fieldsOf: (row: string) => ({ run_id: row }) };

it('handles the rows in order, logs a failed row with its fields, and goes on', async () => {
  const handled: string[] = [];
  const counts = await forEachRow(rows, loop, async (row) => {
    handled.push(row);
    if (row === 'b') throw new Error('broken');
  });
  expect(handled).toEqual(rows);
  expect(counts).toEqual({ done: 2, failed: 1 });
  expect(lines).toMatchObject([{ severity: 'warning', message: 'a row could not be swept', run_id: 'b' }]);
});

it('does not count a row whose handler returns false', async () => {
  expect(await forEachRow(rows, loop, async (row) => row !== 'a')).toEqual({ done: 2, failed: 0 });
});

it('stops before the next row when its signal is aborted', async () => {
  const stopping = new AbortController();
  const counts = await forEachRow(rows, { ...loop, signal: stopping.signal }, async () => stopping.abort());
  expect(counts).toEqual({ done: 1, failed: 0 });
});
