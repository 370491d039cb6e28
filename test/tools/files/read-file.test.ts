import { beforeEach, expect, test } from 'vitest';
import { createToolCaller, type ToolCaller } from '../tool-caller.ts';

let worker: ToolCaller;
beforeEach(async () => {
  worker = await createToolCaller();
});

test('returns the exact text', async () => {
  const content = 'first\n\n  third\r\n\tlast';
  await worker.call('write_file', { path: 'a.txt', content });
  expect((await worker.call('read_file', { path: 'a.txt' })).output).toBe(content);
});

test('returns a range of lines and says where to continue', async () => {
  await worker.call('write_file', { path: 'a.txt', content: 'one\ntwo\nthree\nfour\n' });
  expect((await worker.call('read_file', { path: 'a.txt', start_line: 2, line_count: 2 })).output).toBe(
    'Lines 2 to 3 of 4 of a.txt; continue with start_line 4:\ntwo\nthree',
  );
  expect((await worker.call('read_file', { path: 'a.txt', start_line: 4 })).output).toBe(
    'Lines 4 to 4 of 4 of a.txt:\nfour',
  );
  expect(await worker.call('read_file', { path: 'a.txt', start_line: 5 })).toMatchObject({
    isError: true,
    output: 'a.txt has only 4 lines.',
  });
});

test('returns a long file in parts of whole lines', async () => {
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

test('cuts a very long line, and reports a binary, an empty and a missing file', async () => {
  await worker.call('write_file', { path: 'one-line.json', content: 'x'.repeat(70_000) });
  expect((await worker.call('read_file', { path: 'one-line.json' })).output).toMatch(
    /x\n\[… the line continues for 20,000 characters\]$/,
  );
  await worker.putBytes('logo.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]));
  expect(await worker.call('read_file', { path: 'logo.png' })).toMatchObject({
    isError: true,
    output: 'logo.png is binary (7 bytes) and cannot be read or edited as text.',
  });
  await worker.putBytes('empty', Buffer.alloc(0));
  expect((await worker.call('read_file', { path: 'empty' })).output).toBe('empty is empty.');
  expect((await worker.call('read_file', { path: 'nothing' })).isError).toBe(true);
});
