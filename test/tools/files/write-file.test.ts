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
  'a/',
  '/workspace',
  '/workspace/',
  '/workspace/../etc/passwd',
  '/workspaces/a',
  './../a',
  'a\u0000b',
  'a\nb',
  'a\u001b[31m',
  'a\\b',
  `${'x'.repeat(256)}`,
  `${'x/'.repeat(513)}y`,
  '.git/hooks/pre-commit',
  'app/.GIT/config',
  '.git',
  '.git./config',
  'git~1/config',
  '.g\u200cit/config',
  '.git::$INDEX_ALLOCATION/config',
  'CON',
  'docs/nul.txt',
  'a. ',
  '..%2fetc',
  '%252e%252e/x',
  'a|b',
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

test.each(['/workspace/a/b', './a/b', 'a/./b', 'a//b', '/workspace/./a/b'])(
  'takes the path %j for a/b, in every tool',
  async (path) => {
    expect((await worker.call('write_file', { path, content: 'x' })).output).toBe('Wrote 1 byte to a/b');
    expect((await worker.call('read_file', { path })).output).toBe('x');
    expect((await worker.call('list_files', { path: '/workspace/a' })).output).toContain('a/b (1 byte');
    expect((await worker.call('search_files', { query: 'x', path: './a/' })).output).toBe('a/b:1: x');
    expect((await worker.call('edit_file', { path, old_text: 'x', new_text: 'y' })).isError).toBe(false);
    expect(await worker.text('a/b')).toBe('y');
    expect((await worker.call('delete_file', { path })).output).toBe('Deleted a/b');
  },
);

test('takes workspace/a for the file a of a folder workspace', async () => {
  await worker.call('write_file', { path: 'workspace/a', content: 'x' });
  expect(await worker.text('workspace/a')).toBe('x');
});

test('refuses a name that differs from another only in case, and keeps both forms of an accent', async () => {
  await worker.call('write_file', { path: 'docs/README.md', content: 'x' });
  for (const path of ['docs/readme.md', 'Docs/b.md'])
    expect((await worker.call('write_file', { path, content: 'x' })).output).toContain('only in case');
  for (const path of ['e\u0301.txt', '\u00e9.txt', '"quotes" & 100%?.txt'])
    expect((await worker.call('write_file', { path, content: path })).isError).toBe(false);
  expect(await worker.text('e\u0301.txt')).toBe('e\u0301.txt');
});

test('refuses the last part of a bare repository, in which git would run programs', async () => {
  for (const path of ['d/objects/x', 'd/refs/y', 'd/config'])
    expect((await worker.call('write_file', { path, content: 'x' })).isError).toBe(false);
  for (const path of ['d/HEAD', 'd/head'])
    expect((await worker.call('write_file', { path, content: 'x' })).output).toContain('a git repository');
  expect((await worker.call('write_file', { path: 'e/HEAD', content: 'x' })).isError).toBe(false);
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
