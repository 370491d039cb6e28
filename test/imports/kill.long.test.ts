import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type LocalServer, startLocalServer, waitFor } from '../support/local-server.ts';
import { writeLargeExport } from './large-export.ts';

let server: LocalServer | undefined;
const folder = mkdtempSync(join(tmpdir(), 'apexflow-import-'));
afterEach(async () => {
  await server?.kill();
  rmSync(folder, { recursive: true });
});

const KILLS = 3;

it('an import whose process is killed goes on after each restart, and writes each item once', async () => {
  const path = join(folder, 'conversations.json');
  const conversations = await writeLargeExport(path, 4_000_000);
  server = await startLocalServer({});
  const { call, url } = server;
  const token = await server.register();
  const bytes = readFileSync(path);
  const body = { filename: 'conversations.json', size: bytes.length, purpose: 'import' };
  const { id: upload } = (await call('POST', '/api/v1/uploads', { token, body })).body;
  const headers = { authorization: `Bearer ${token}` };
  await fetch(`${url}/api/v1/uploads/${upload}/content`, { method: 'PUT', headers, body: bytes });
  await call('POST', `/api/v1/uploads/${upload}/finish`, { token });
  const { id } = (await call('POST', '/api/v1/imports', { token, body: { uploads: [upload] } })).body;
  const look = async () => (await call('GET', `/api/v1/imports/${id}`, { token })).body;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const share = kill / (KILLS + 2);
    await waitFor('a part of the import', async () => (await look()).progress.bytes > share * bytes.length, 60_000);
    await server.kill();
    await server.restart();
  }
  const done = await waitFor(
    'the end of the import',
    async () => {
      const found = await look();
      return found.status === 'completed' && found;
    },
    90_000,
  );
  expect(done.counts).toEqual([{ kind: 'conversation', outcome: 'created', items: conversations }]);
  const ids = new Set<string>();
  for (const archived of [true, false]) {
    let cursor = '';
    do {
      const page = (await call('GET', `/api/v1/chat/conversations?limit=100&archived=${archived}${cursor}`, { token }))
        .body;
      for (const { title } of page.items) {
        expect(ids.has(title)).toBe(false);
        ids.add(title);
      }
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor !== '');
  }
  expect(ids.size).toBe(conversations);
}, 300_000);
