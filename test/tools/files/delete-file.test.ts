import { beforeEach, expect, test } from 'vitest';
import { createToolCaller, type ToolCaller } from '../tool-caller.ts';

let worker: ToolCaller;
beforeEach(async () => {
  worker = await createToolCaller();
  for (const path of ['b.txt', 'a/one.js']) await worker.call('write_file', { path, content: path });
});

test('deletes one file, and refuses a folder and a missing file', async () => {
  expect(await worker.call('delete_file', { path: 'b.txt' })).toMatchObject({
    output: 'Deleted b.txt',
    facts: { paths: ['b.txt'] },
  });
  expect(await worker.text('b.txt')).toBeUndefined();
  expect((await worker.call('delete_file', { path: 'b.txt' })).output).toBe('There is no file b.txt.');
  expect((await worker.call('delete_file', { path: 'a' })).output).toContain('a is a folder');
  expect(await worker.text('a/one.js')).toBeDefined();
});
