import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { importFiles, readOptions } from '../../scripts/import.ts';
import { createPerson, type Person } from '../entities/people.ts';
import { conversation, MEMORY, REMME } from '../imports/exports.ts';
import { type ImportServer, startImportServer } from '../imports/import-server.ts';
import { asOwner } from '../support/owner.ts';
import { readBody, startHttpServer } from '../support/scripted-server.ts';

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
  expect(lines.join('\n')).toMatch(/the import (imp_\w+) has begun\n[\s\S]*settings\/import\?id=\1$/);
  expect(lines.join('\n')).toMatch(/conversation +created +1\n/);
  expect(lines.join('\n')).toContain('chats.json, item 3: unknown item 3 failed: The file is no JSON from character');
  expect(lines.join('\n')).toContain('chats.json, item 2: music_task a?[2Jb not_imported: Music');
  expect(lines.join('\n')).toContain('memory.json, item 2: memory_key a/b created: Its key');
  expect(await importFiles({ ...common, files: [memory], dryRun: false }, () => undefined)).toBe(true);
});

test('names the options when one is missing, and says why a file is refused', async () => {
  expect(() => readOptions([], {})).toThrow('npm run import -- --file');
  expect(() => readOptions(['--file', 'a'], {})).toThrow('--key');
  expect(() => readOptions(['--bogus'], {})).toThrow(/'--bogus'[\s\S]*npm run import -- --file/);
  expect(
    readOptions(['--file', 'a', '--file', 'b', '--dry-run'], { APEXFLOW_KEY: 'k', APEXFLOW_URL: 'http://x/' }),
  ).toEqual({
    ...{ files: ['a', 'b'], dryRun: true, url: 'http://x', key: 'k' },
  });
  const text = join(folder, 'notes.txt');
  writeFileSync(text, 'hello');
  const options = { files: [text], dryRun: false, url: server.url, key: person.token };
  await expect(importFiles(options, () => undefined)).rejects.toThrow('415 /api/v1/uploads/');
  const missing = { ...options, files: [text, join(folder, 'none.json')] };
  await expect(importFiles(missing, () => undefined)).rejects.toThrow(`There is no file ${join(folder, 'none.json')}.`);
});

test('works with the scopes that its usage names, and sends nothing when one is missing', async () => {
  let usage = '';
  try {
    readOptions([], {});
  } catch (error) {
    usage = String(error);
  }
  const scopes = usage.match(/\b[a-z]+:(?:read|write)\b/g) ?? [];
  expect(scopes).toHaveLength(3);
  const file = join(folder, 'facts.json');
  writeFileSync(file, JSON.stringify(REMME));
  for (const missing of [undefined, ...scopes]) {
    const kept = scopes.filter((scope) => scope !== missing);
    const { key } = await server.as(person, 'POST', '/auth/api-keys', { name: 'import', scopes: kept });
    const done = importFiles({ files: [file], dryRun: false, url: server.url, key }, () => undefined);
    if (missing === undefined) expect(await done).toBe(true);
    else await expect(done).rejects.toThrow(missing);
  }
  const uploads = await asOwner('select id from uploads where user_id = $1 and filename = $2', [
    person.userId,
    'facts.json',
  ]);
  expect(uploads).toHaveLength(1);
});

test('asks again while the server is away, and names the import when it stays away', async () => {
  let lost = 1;
  const proxy = await startHttpServer(async (request, response) => {
    if (/^\/api\/v1\/imports\/imp_\w+$/.test(request.url ?? '') && lost-- > 0) return request.socket.destroy();
    const { method = 'GET', headers } = request;
    const body = method === 'GET' ? null : new Uint8Array(await readBody(request));
    const sent = { authorization: headers.authorization ?? '', 'content-type': headers['content-type'] ?? '' };
    const answer = await fetch(`${server.url}${request.url}`, { method, headers: sent, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(await answer.text());
  });
  const file = join(folder, 'away.json');
  writeFileSync(file, JSON.stringify([conversation('away')]));
  const options = { files: [file], dryRun: false, url: proxy.url, key: person.token };
  try {
    expect(await importFiles(options, () => undefined)).toBe(true);
    lost = Number.POSITIVE_INFINITY;
    await expect(importFiles(options, () => undefined, 0)).rejects.toThrow(/goes on with the import imp_\w+/);
  } finally {
    await proxy.close();
  }
});
