import { beforeEach, expect, test } from 'vitest';
import { findFile, readContent } from '../../../functions/tools/workspace.ts';
import { createToolCaller, type ToolCaller } from '../tool-caller.ts';

let worker: ToolCaller;
beforeEach(async () => {
  worker = await createToolCaller();
});

test('replaces a text that occurs once, and treats $ patterns as plain text', async () => {
  await worker.call('write_file', { path: 'a.js', content: 'const port = 80;\nlisten(port);\n' });
  const outcome = await worker.call('edit_file', { path: 'a.js', old_text: '= 80', new_text: "= $& || $' || 8080" });
  expect(outcome).toMatchObject({ isError: false, facts: { path: 'a.js' } });
  expect(await worker.text('a.js')).toBe("const port = $& || $' || 8080;\nlisten(port);\n");
});

test('refuses a text that occurs more than once, unless replace_all is set', async () => {
  await worker.call('write_file', { path: 'a.js', content: 'a b a b a' });
  const refused = await worker.call('edit_file', { path: 'a.js', old_text: 'a', new_text: 'c' });
  expect(refused).toMatchObject({ isError: true, statements: [] });
  expect(refused.output).toContain('3 times');
  const all = await worker.call('edit_file', { path: 'a.js', old_text: 'a', new_text: 'c', replace_all: true });
  expect(all.output).toContain('Replaced 3 places in a.js');
  expect(await worker.text('a.js')).toBe('c b c b c');
});

test('refuses a result above the file limit before it is built', async () => {
  await worker.call('write_file', { path: 'a.txt', content: 'a'.repeat(1_000_000) });
  const outcome = await worker.call('edit_file', {
    path: 'a.txt',
    old_text: 'a',
    new_text: 'b'.repeat(1_000_000),
    replace_all: true,
  });
  expect(outcome).toMatchObject({ isError: true, statements: [] });
  expect(outcome.output).toContain('1,000,000,000,000 bytes');
  const half = await worker.call('edit_file', { path: 'a.txt', old_text: '\ud83c', new_text: 'x' });
  expect(half.output).toContain('is not in a.txt');
});

test('reports a missing text, a binary file and a missing file', async () => {
  await worker.call('write_file', { path: 'a.txt', content: 'one\r\ntwo\r\n' });
  const edit = (path: string, old_text: string) => worker.call('edit_file', { path, old_text, new_text: '' });
  expect((await edit('a.txt', 'three')).output).toBe(
    'old_text is not in a.txt. Read the file and give the text exactly.',
  );
  await worker.putBytes('logo.png', Buffer.from([0, 1]));
  expect((await edit('logo.png', 'x')).output).toContain('binary');
  expect((await edit('none.txt', 'x')).output).toContain('There is no file none.txt');
  expect((await worker.call('edit_file', { path: 'a.txt', old_text: '', new_text: 'x' })).isError).toBe(true);
});

test('finds a text over line breaks of any kind and keeps those of the file, its BOM and its encoding', async () => {
  await worker.call('write_file', { path: 'w.txt', content: '\ufeffalpha\r\nbeta\r\ngamma\r\n' });
  const edit = (path: string, old_text: string, new_text: string) =>
    worker.call('edit_file', { path, old_text, new_text });
  expect((await edit('w.txt', 'alpha\nbeta', 'ALPHA\nBETA')).isError).toBe(false);
  expect((await edit('w.txt', 'gamma', 'gamma\ndelta')).isError).toBe(false);
  expect(await worker.text('w.txt')).toBe('\ufeffALPHA\r\nBETA\r\ngamma\r\ndelta\r\n');
  expect((await edit('w.txt', 'BETA\r\n', 'BETA\n')).output).toContain('is unchanged');
});

test('edits and reads text that is not UTF-8, and keeps its encoding', async () => {
  const bytesOf = async (path: string) => {
    const file = await findFile(worker.database, worker.runId, path);
    return file === undefined ? undefined : readContent(worker.tenantId, file);
  };
  await worker.putBytes('latin.txt', Buffer.from('smörgås\r\n', 'latin1'));
  expect((await worker.call('read_file', { path: 'latin.txt' })).output).toBe(
    'latin.txt is Windows-1252; edit_file keeps that.\nsmörgås\r',
  );
  const edit = (path: string, old_text: string, new_text: string) =>
    worker.call('edit_file', { path, old_text, new_text });
  expect((await edit('latin.txt', 'smörgås', 'räka')).output).toContain('is Windows-1252 as before');
  expect(await bytesOf('latin.txt')).toEqual(Buffer.from('räka\r\n', 'latin1'));
  expect((await edit('latin.txt', 'räka', '→')).output).toContain('has no character "→"');
  await worker.putBytes('wide.txt', Buffer.from('\ufeffett\ntvå\n', 'utf16le'));
  expect((await edit('wide.txt', 'två', '二')).isError).toBe(false);
  expect(await bytesOf('wide.txt')).toEqual(Buffer.from('\ufeffett\n二\n', 'utf16le'));
  expect((await worker.call('search_files', { query: '二' })).output).toBe('wide.txt:2: 二');
});
