import { beforeEach, expect, test } from 'vitest';
import { changeFiles, storeContent } from '../../../functions/tools/workspace.ts';
import { createToolCaller, type ToolCaller } from '../tool-caller.ts';

let worker: ToolCaller;
beforeEach(async () => {
  worker = await createToolCaller();
  for (const path of ['b.txt', 'a/one.js', 'a/two.js', 'ab/three.js', 'bin'])
    await worker.call('write_file', { path, content: path });
  await worker.putBytes('.git/config', Buffer.from('[core]'));
});

test('lists by path, without git, and does not treat a folder as a prefix', async () => {
  const paths = (output: string) => output.split('\n').map((line) => line.split(' (')[0]);
  expect(paths((await worker.call('list_files', {})).output)).toEqual([
    'a/one.js',
    'a/two.js',
    'ab/three.js',
    'b.txt',
    'bin',
  ]);
  expect(paths((await worker.call('list_files', { path: 'a' })).output)).toEqual(['a/one.js', 'a/two.js']);
  expect(paths((await worker.call('list_files', { path: './a/' })).output)).toEqual(['a/one.js', 'a/two.js']);
  expect(paths((await worker.call('list_files', { path: '.git' })).output)).toEqual(['.git/config']);
  expect((await worker.call('list_files', { path: '.' })).output).toBe((await worker.call('list_files', {})).output);
  expect((await worker.call('list_files', { path: 'b.txt' })).output).toMatch(/^b\.txt is a file of \d+ bytes\.$/);
  expect((await worker.call('list_files', { path: 'a%' })).isError).toBe(true);
  expect((await worker.call('list_files', { path: '../..' })).isError).toBe(true);
});

test('lists at most 500 files and counts the rest', async () => {
  const { sha256, size } = await storeContent(worker.tenantId, Buffer.from('x'));
  const upserts = Array.from({ length: 502 }, (_, index) => ({
    path: `many/${String(index).padStart(3, '0')}`,
    sha256,
    size,
    mode: 'regular' as const,
  }));
  await worker.database.queryAll(changeFiles({ runId: worker.runId, updatedBy: 'backend', upserts }));
  const { output, facts } = await worker.call('list_files', { path: 'many' });
  expect(output.split('\n')).toHaveLength(501);
  expect(output).toMatch(/many\/499 \(1 byte, backend\)\n… and 2 more files; name a folder to see them\.$/);
  expect(facts).toEqual({ files: 502 });
});
