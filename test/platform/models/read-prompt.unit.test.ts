import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { readPrompt } from '../../../functions/platform/models/read-prompt.ts';

const folder = mkdtempSync(join(tmpdir(), 'apexflow-prompt-'));
afterAll(() => rmSync(folder, { recursive: true }));

function promptFile(name: string, text: string): URL {
  writeFileSync(join(folder, name), text);
  return pathToFileURL(join(folder, name));
}

it('reads a prompt file once per process', async () => {
  const file = promptFile('once.md', 'first');
  expect(await readPrompt(file)).toBe('first');
  promptFile('once.md', 'second');
  expect(await readPrompt(file)).toBe('first');
});

it('replaces every placeholder that has a value and keeps other braces', async () => {
  const file = promptFile('values.md', 'On {today} and {today}: {"kind": {other}}');
  expect(await readPrompt(file, { today: 'Monday' })).toBe('On Monday and Monday: {"kind": {other}}');
});

it('inserts a value as it is, with its dollar signs and braces', async () => {
  const file = promptFile('literal.md', '{text} {name}');
  expect(await readPrompt(file, { text: '$& {name}', name: 'Ada' })).toBe('$& {name} Ada');
});

it('rejects a value that the file has no placeholder for', async () => {
  await expect(readPrompt(promptFile('none.md', 'no values'), { today: 'Monday' })).rejects.toThrow('{today}');
});

it('reads the file again after a failed read', async () => {
  const missing = pathToFileURL(join(folder, 'later.md'));
  await expect(readPrompt(missing)).rejects.toThrow('ENOENT');
  promptFile('later.md', 'there now');
  expect(await readPrompt(missing)).toBe('there now');
});
