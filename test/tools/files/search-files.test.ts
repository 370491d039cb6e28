import { beforeEach, expect, test } from 'vitest';
import { createToolCaller, type ToolCaller } from '../tool-caller.ts';

let worker: ToolCaller;
beforeEach(async () => {
  worker = await createToolCaller();
  for (const path of ['b.txt', 'a/one.js', 'a/two.js', 'ab/three.js'])
    await worker.call('write_file', { path, content: `// ${path}\nlet Größe = "${path} 100%_\\";\n` });
  await worker.putBytes('.git/config', Buffer.from('Größe'));
  await worker.putBytes('bin', Buffer.from('Größe\0'));
});

test('finds plain text in any case, with line numbers, in text files only', async () => {
  expect((await worker.call('search_files', { query: 'GRÖSSE' })).output).toBe('No matches.');
  expect((await worker.call('search_files', { query: 'GRÖßE' })).output).toBe(
    ['a/one.js', 'a/two.js', 'ab/three.js', 'b.txt']
      .map((path) => `${path}:2: let Größe = "${path} 100%_\\";`)
      .join('\n'),
  );
  expect((await worker.call('search_files', { query: '100%_\\', path: 'a' })).facts).toEqual({ matches: 2 });
  expect((await worker.call('search_files', { query: '.*' })).output).toBe('No matches.');
  expect((await worker.call('search_files', { query: '(a+)+$', path: 'ab' })).output).toBe('No matches.');
});

test('shows a part of a long line, and a limited number of lines', async () => {
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

test('handles a file whose every line matches', async () => {
  await worker.call('write_file', { path: 'every', content: 'a\n'.repeat(500_000) });
  const { output } = await worker.call('search_files', { query: 'a', path: '.' });
  expect(output.split('\n')).toHaveLength(201);
});
