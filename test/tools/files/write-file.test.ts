import { beforeEach, expect, test } from 'vitest';
import { findFile, WORKSPACE_LIMITS } from '../../../functions/tools/workspace.ts';
import { createToolCaller, type ToolCaller } from '../tool-caller.ts';

let worker: ToolCaller;
beforeEach(async () => {
  worker = await createToolCaller();
});

test('writes a new file and returns its size; the event has the path and no content', async () => {
  const outcome = await worker.call('write_file', { path: 'backend/server.js', content: 'x'.repeat(1234) });
  expect(outcome).toMatchObject({ output: 'Wrote 1,234 bytes to backend/server.js', isError: false });
  expect(outcome.facts).toEqual({ path: 'backend/server.js', size: 1234 });
  expect(await worker.text('backend/server.js')).toBe('x'.repeat(1234));
});

test('makes a new version for new content only', async () => {
  const versions: unknown[] = [];
  for (const content of ['one', 'two', 'two']) {
    await worker.call('write_file', { path: 'a.txt', content });
    versions.push((await findFile(worker.database, worker.runId, 'a.txt'))?.version);
  }
  expect(versions).toEqual([1, 2, 2]);
});

test('keeps the mode of a file and accepts empty text and text in any script', async () => {
  await worker.putBytes('run', Buffer.from('#!/usr/bin/node'));
  await worker.call('write_file', { path: 'run', content: '' });
  expect(await findFile(worker.database, worker.runId, 'run')).toMatchObject({ mode: 'executable', size: 0 });
  await worker.call('write_file', { path: 'docs/日本語 🎉.md', content: 'été 🎉' });
  expect(await worker.text('docs/日本語 🎉.md')).toBe('été 🎉');
});

test.each([
  '',
  '/etc/passwd',
  '../up',
  'a/../../b',
  './a',
  'a//b',
  'a/',
  'a/./b',
  'a\u0000b',
  'a\nb',
  'a\u001b[31m',
  'a\\b',
  `${'x'.repeat(256)}`,
  `${'x/'.repeat(513)}y`,
  '.git/hooks/pre-commit',
  'app/.GIT/config',
  '.git',
])('refuses the path %j and writes nothing', async (path) => {
  for (const name of ['write_file', 'edit_file', 'delete_file']) {
    const outcome = await worker.call(name, { path, content: 'x', old_text: 'x', new_text: 'y' });
    expect(outcome.isError).toBe(true);
  }
  const exact = await worker.call('write_file', { path, content: 'x' });
  expect(exact).toMatchObject({ isError: true, statements: [] });
  expect(exact.output).toContain('The arguments of write_file are wrong');
  expect((await worker.call('list_files', {})).output).toBe('The workspace has no files yet.');
});

test('refuses a file in place of a folder and a folder in place of a file', async () => {
  await worker.call('write_file', { path: 'a/b', content: 'x' });
  expect((await worker.call('write_file', { path: 'a', content: 'x' })).output).toBe(
    'a is a folder (it holds a/b), so it cannot be a file.',
  );
  expect((await worker.call('write_file', { path: 'a/b/c/d', content: 'x' })).output).toBe(
    'a/b is a file, so nothing can be written inside it.',
  );
  expect((await worker.call('write_file', { path: 'a-b', content: 'x' })).isError).toBe(false);
});

test('refuses a file above the limit', async () => {
  const content = 'x'.repeat(WORKSPACE_LIMITS.fileBytes + 1);
  const outcome = await worker.call('write_file', { path: 'big', content });
  expect(outcome).toMatchObject({ isError: true, statements: [] });
  expect(outcome.output).toContain('16,777,216 bytes at most');
});
