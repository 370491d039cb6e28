import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { declareTool } from '../../functions/tools/tool.ts';
import { WORKSPACE_TOOLS } from '../../functions/tools/toolbox.ts';
import { changeFiles, findFile, storeContent, WORKSPACE_LIMITS } from '../../functions/tools/workspace.ts';
import { createToolCaller, type ToolCaller } from './tool-caller.ts';

let worker: ToolCaller;
beforeEach(async () => {
  worker = await createToolCaller();
});

async function putBytes(path: string, bytes: Uint8Array): Promise<void> {
  const { sha256, size } = await storeContent(worker.tenantId, bytes);
  const upserts = [{ path, sha256, size, mode: 'executable' as const }];
  await worker.database.queryAll(changeFiles({ runId: worker.runId, updatedBy: 'person', upserts }));
}

describe('declarations', () => {
  let declared: ReturnType<typeof declareTool>[];
  beforeAll(() => {
    declared = WORKSPACE_TOOLS.map(declareTool);
  });

  test('every tool has a JSON Schema that says what is needed and lets nothing else in', () => {
    expect(declared.map(({ name }) => name)).toEqual([
      'list_files',
      'read_file',
      'search_files',
      'write_file',
      'edit_file',
      'delete_file',
      'run_command',
    ]);
    for (const { parameters } of declared)
      expect(parameters).toMatchObject({ type: 'object', additionalProperties: false });
    const edit = declared.find(({ name }) => name === 'edit_file');
    expect(edit?.parameters).toMatchObject({ required: ['path', 'old_text', 'new_text'] });
  });
});

describe('write_file', () => {
  test('writes a new file, tells its size, and the event has the path and no content', async () => {
    const outcome = await worker.call('write_file', { path: 'backend/server.js', content: 'x'.repeat(1234) });
    expect(outcome).toMatchObject({ output: 'Wrote 1,234 bytes to backend/server.js', isError: false });
    expect(outcome.facts).toEqual({ path: 'backend/server.js', size: 1234 });
    expect(await worker.text('backend/server.js')).toBe('x'.repeat(1234));
  });

  test('a second write is the next version; the same content again is none', async () => {
    const versions: unknown[] = [];
    for (const content of ['one', 'two', 'two']) {
      await worker.call('write_file', { path: 'a.txt', content });
      versions.push((await findFile(worker.database, worker.runId, 'a.txt'))?.version);
    }
    expect(versions).toEqual([1, 2, 2]);
  });

  test('keeps the mode of a file, takes empty text, and text of any script', async () => {
    await putBytes('run', Buffer.from('#!/usr/bin/node'));
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

  test('a file is no folder and a folder no file', async () => {
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
});

describe('read_file', () => {
  test('answers the text as it is, to the letter', async () => {
    const content = 'first\n\n  third\r\n\tlast';
    await worker.call('write_file', { path: 'a.txt', content });
    expect((await worker.call('read_file', { path: 'a.txt' })).output).toBe(content);
  });

  test('answers some lines and where to go on', async () => {
    await worker.call('write_file', { path: 'a.txt', content: 'one\ntwo\nthree\nfour\n' });
    expect((await worker.call('read_file', { path: 'a.txt', start_line: 2, line_count: 2 })).output).toBe(
      'Lines 2 to 3 of 4 of a.txt; go on with start_line 4:\ntwo\nthree',
    );
    expect((await worker.call('read_file', { path: 'a.txt', start_line: 4 })).output).toBe(
      'Lines 4 to 4 of 4 of a.txt:\nfour',
    );
    expect(await worker.call('read_file', { path: 'a.txt', start_line: 5 })).toMatchObject({
      isError: true,
      output: 'a.txt has 4 lines only.',
    });
  });

  test('a long file comes in whole lines that together are the file', async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `line ${index} ${'x'.repeat(40)}`);
    await worker.call('write_file', { path: 'long.txt', content: lines.join('\n') });
    const read: string[] = [];
    for (let start: number | undefined = 1; start !== undefined; ) {
      const { output } = await worker.call('read_file', { path: 'long.txt', start_line: start });
      const [header = '', ...text] = output.split('\n');
      read.push(...text);
      const next: string | undefined = /start_line (\d+)/.exec(header)?.[1];
      start = next === undefined ? undefined : Number(next);
    }
    expect(read).toEqual(lines);
  });

  test('a single huge line is cut and says so; a binary file, an empty and a missing one are told', async () => {
    await worker.call('write_file', { path: 'one-line.json', content: 'x'.repeat(70_000) });
    expect((await worker.call('read_file', { path: 'one-line.json' })).output).toMatch(
      /x\n\[… the line goes on for 20,000 characters\]$/,
    );
    await putBytes('logo.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]));
    expect(await worker.call('read_file', { path: 'logo.png' })).toMatchObject({
      isError: true,
      output: 'logo.png is binary (7 bytes); it cannot be shown as text.',
    });
    await putBytes('empty', Buffer.alloc(0));
    expect((await worker.call('read_file', { path: 'empty' })).output).toBe('empty is empty.');
    expect((await worker.call('read_file', { path: 'nothing' })).isError).toBe(true);
  });
});

describe('edit_file', () => {
  test('replaces what is there once, with $ patterns as plain text', async () => {
    await worker.call('write_file', { path: 'a.js', content: 'const port = 80;\nlisten(port);\n' });
    const outcome = await worker.call('edit_file', { path: 'a.js', old_text: '= 80', new_text: "= $& || $' || 8080" });
    expect(outcome).toMatchObject({ isError: false, facts: { path: 'a.js' } });
    expect(await worker.text('a.js')).toBe("const port = $& || $' || 8080;\nlisten(port);\n");
  });

  test('refuses what is there more than once unless all are meant', async () => {
    await worker.call('write_file', { path: 'a.js', content: 'a b a b a' });
    const refused = await worker.call('edit_file', { path: 'a.js', old_text: 'a', new_text: 'c' });
    expect(refused).toMatchObject({ isError: true, statements: [] });
    expect(refused.output).toContain('3 times');
    const all = await worker.call('edit_file', { path: 'a.js', old_text: 'a', new_text: 'c', replace_all: true });
    expect(all.output).toContain('Replaced 3 places in a.js');
    expect(await worker.text('a.js')).toBe('c b c b c');
  });

  test('refuses to make more than a file may have, before it makes it', async () => {
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

  test('tells what is wrong: not there, other line ends, binary, no file', async () => {
    await worker.call('write_file', { path: 'a.txt', content: 'one\r\ntwo\r\n' });
    const edit = (path: string, old_text: string) => worker.call('edit_file', { path, old_text, new_text: '' });
    expect((await edit('a.txt', 'three')).output).toBe(
      'old_text is not in a.txt. Read the file and give the text to the letter.',
    );
    expect((await edit('a.txt', 'one\ntwo')).output).toContain('\\r\\n');
    await putBytes('logo.png', Buffer.from([0, 1]));
    expect((await edit('logo.png', 'x')).output).toContain('binary');
    expect((await edit('none.txt', 'x')).output).toContain('There is no file none.txt');
    expect((await worker.call('edit_file', { path: 'a.txt', old_text: '', new_text: 'x' })).isError).toBe(true);
  });
});

describe('list_files, search_files, delete_file', () => {
  beforeEach(async () => {
    for (const path of ['b.txt', 'a/one.js', 'a/two.js', 'ab/three.js']) {
      await worker.call('write_file', { path, content: `// ${path}\nlet Größe = "${path} 100%_\\";\n` });
    }
    await putBytes('.git/config', Buffer.from('Größe'));
    await putBytes('bin', Buffer.from('Größe\0'));
  });

  test('lists by path, without git, and a folder is not what begins like it', async () => {
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

  test('finds plain text in any case, with line numbers, in text files only', async () => {
    expect((await worker.call('search_files', { query: 'GRÖSSE' })).output).toBe('Nothing found.');
    expect((await worker.call('search_files', { query: 'GRÖßE' })).output).toBe(
      ['a/one.js', 'a/two.js', 'ab/three.js', 'b.txt']
        .map((path) => `${path}:2: let Größe = "${path} 100%_\\";`)
        .join('\n'),
    );
    expect((await worker.call('search_files', { query: '100%_\\', path: 'a' })).facts).toEqual({ matches: 2 });
    expect((await worker.call('search_files', { query: '.*' })).output).toBe('Nothing found.');
    expect((await worker.call('search_files', { query: '(a+)+$', path: 'ab' })).output).toBe('Nothing found.');
  });

  test('search shows a part of a long line and not more lines than are useful', async () => {
    await worker.call('write_file', {
      path: 'long',
      content: `${'x'.repeat(500)}needle${'y'.repeat(500)}\n`.repeat(300),
    });
    const { output } = await worker.call('search_files', { query: 'needle' });
    const lines = output.split('\n');
    expect(lines).toHaveLength(201);
    expect(lines[0]).toMatch(/^long:1: …x+needley+…$/);
    expect(lines[0]?.length).toBeLessThan(230);
    expect(lines.at(-1)).toContain('and more');
  });

  test('search stands a file whose every line matches', async () => {
    await worker.call('write_file', { path: 'every', content: 'a\n'.repeat(500_000) });
    const { output } = await worker.call('search_files', { query: 'a', path: '.' });
    expect(output.split('\n')).toHaveLength(201);
  });

  test('deletes one file; a folder and what is not there are refused', async () => {
    expect(await worker.call('delete_file', { path: 'b.txt' })).toMatchObject({
      output: 'Deleted b.txt',
      facts: { paths: ['b.txt'] },
    });
    expect(await worker.text('b.txt')).toBeUndefined();
    expect((await worker.call('delete_file', { path: 'b.txt' })).output).toBe('There is no file b.txt.');
    expect((await worker.call('delete_file', { path: 'a' })).output).toContain('a is a folder');
    expect(await worker.text('a/one.js')).toBeDefined();
  });
});
