import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { importFiles, readOptions } from '../../scripts/import.ts';
import { createPerson, type Person } from '../entities/people.ts';
import { conversation, MEMORY } from '../imports/exports.ts';
import { type ImportServer, startImportServer } from '../imports/import-server.ts';

let server: ImportServer;
let person: Person;
const folder = mkdtempSync(join(tmpdir(), 'apexflow-import-'));
beforeAll(async () => {
  server = await startImportServer();
  person = await createPerson(await openDatabase());
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

test('imports files through the API, and prints progress, counts and reasons', async () => {
  const [chats, memory] = [join(folder, 'chats.json'), join(folder, 'memory.json')];
  writeFileSync(
    chats,
    JSON.stringify([conversation('a'), { task_id: 'm', prompt: 'a\u001b[2Jb' }]).replace(/\]$/, ',{'),
  );
  writeFileSync(memory, JSON.stringify(MEMORY));
  const files = [chats, memory];
  const common = { files, url: server.url, key: person.token };
  const dry: string[] = [];
  expect(await importFiles({ ...common, dryRun: true }, (line) => dry.push(line))).toBe(false);
  expect(dry.at(-1)).toBe('Nothing was written. Leave out --dry-run to import.');
  const lines: string[] = [];
  expect(await importFiles({ ...common, dryRun: false }, (line) => lines.push(line))).toBe(false);
  expect(lines).toContain('completed 100 %, 5 items');
  expect(lines.join('\n')).toMatch(/conversation +created +1\n/);
  expect(lines.join('\n')).toContain('chats.json, item 3: unknown item 3 failed: The file is no JSON from character');
  expect(lines.join('\n')).toContain('chats.json, item 2: music_task a?[2Jb not_imported: Music');
  expect(lines.join('\n')).toContain('memory.json, item 2: memory_key a/b created: Its key');
  expect(await importFiles({ ...common, files: [memory], dryRun: false }, () => undefined)).toBe(true);
});

test('names the options when one is missing, and says why a file is refused', async () => {
  expect(() => readOptions([], {})).toThrow('npm run import -- --file');
  expect(() => readOptions(['--file', 'a'], {})).toThrow('--key');
  expect(
    readOptions(['--file', 'a', '--file', 'b', '--dry-run'], { APEXFLOW_KEY: 'k', APEXFLOW_URL: 'http://x/' }),
  ).toEqual({
    ...{ files: ['a', 'b'], dryRun: true, url: 'http://x', key: 'k' },
  });
  const text = join(folder, 'notes.txt');
  writeFileSync(text, 'hello');
  const options = { files: [text], dryRun: false, url: server.url, key: person.token };
  await expect(importFiles(options, () => undefined)).rejects.toThrow('415 /api/v1/uploads/');
});
