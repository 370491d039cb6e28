import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import { storeContent } from '../../../functions/tools/workspace.ts';
import type { Answer } from '../../support/server.ts';
import { SMALL_APP_FILES, smallApp } from '../../support/team-script.ts';
import { asOwner, openBench, type RunBench } from '../bench.ts';

/** What the endpoints of a sprint answer. */
let bench: RunBench;
let id: string;
let finished: Answer['body'];
beforeAll(async () => {
  bench = await openBench();
  finished = await bench.play(smallApp());
  id = finished.id;
});
afterAll(() => bench.close());

const get = (path: string, token: string | undefined = bench.person.token) =>
  bench.server.call('GET', `/api/v1/sprints/${path}`, token === '' ? {} : { token });
const NOBODY = 'run_01m7xsw2ytfvevzpeynpa31r7v';

const READS = ['', '/logs', '/files', '/files/backend/server.js', '/workers'];

describe('whoever may not, and what is not there', () => {
  it.each(READS)(
    'GET /sprints/{id}%s: 401 without a token, 404 for strangers and for what is not there, 422 for an id that is none',
    async (path) => {
      const stranger = await bench.server.signUp();
      expect((await get(`${id}${path}`)).status).toBe(200);
      const refused = await get(`${id}${path}`, '');
      expect(refused.status).toBe(401);
      expect(refused.headers.get('content-type')).toContain('application/problem+json');
      expect((await get(`${id}${path}`, stranger.token)).status).toBe(404);
      expect((await get(`${NOBODY}${path}`)).status).toBe(404);
      expect((await get(`nonsense${path}`)).status).toBe(422);
      expect((await get(`${id}${path}?unknown=1`)).status).toBe(422);
    },
  );

  it('the download likewise', async () => {
    const stranger = await bench.server.signUp();
    const download = (of: string, token?: string) =>
      bench.server.call('POST', `/api/v1/sprints/${of}/download`, token === undefined ? {} : { token });
    expect((await download(id)).status).toBe(401);
    expect((await download(id, stranger.token)).status).toBe(404);
    expect((await download(NOBODY, bench.person.token)).status).toBe(404);
    expect((await download('nonsense', bench.person.token)).status).toBe(422);
  });
});

it('a sprint tells its state, its workers and its graph', async () => {
  const { body } = await get(id);
  expect(body).toMatchObject({
    id,
    status: 'completed',
    task: 'Build a notes app',
    team: ['backend', 'frontend'],
    github_repo: null,
    budget_usd: null,
    error: null,
    scripted: false,
  });
  expect(body.graph.edges).toEqual([
    { source: 'plan', target: 'backend' },
    { source: 'plan', target: 'frontend' },
    { source: 'backend', target: 'summary' },
    { source: 'frontend', target: 'summary' },
  ]);
  expect(body.graph.nodes.map((node: { id: string }) => node.id)).toEqual(['plan', 'backend', 'frontend', 'summary']);
  const { body: workers } = await get(`${id}/workers`);
  expect(workers).toEqual({ items: body.workers, next_cursor: null });
  // Eleven turns of 11 tokens in and 7 out.
  expect(body.tokens).toEqual({ input: 121, output: 77, cached: 0, total: 198 });
  expect(workers.items.map((worker: { turns: number }) => worker.turns)).toEqual([2, 3, 4, 2]);
  const cents = workers.items.reduce(
    (sum: number, worker: { cost_usd: string }) => sum + Math.round(Number(worker.cost_usd) * 1e10),
    0,
  );
  // The rest of the run's cost is what memory asked for: vectors, and facts after the end.
  const [paid] = await asOwner(
    `select sum(cost) filter (where node_id is not null)::float8 as of_workers, sum(cost) = (select cost from sessions where id = $1) as fits
    from usage_ledger where run_id = $1`,
    [id],
  );
  expect(cents).toBe(Math.round(Number(paid?.of_workers) * 1e10));
  expect(paid?.fits).toBe(true);
  expect(Number(body.cost_usd)).toBeGreaterThan(cents / 1e10);
});

describe('files', () => {
  it('are listed by path, with their hashes, in pages and by folder', async () => {
    const { body } = await get(`${id}/files`);
    expect(
      body.items.map((file: { path: string; size: number; sha256: string }) => [file.path, file.size, file.sha256]),
    ).toEqual(
      Object.entries(SMALL_APP_FILES).map(([path, content]) => [
        path,
        Buffer.byteLength(content),
        createHash('sha256').update(content).digest('hex'),
      ]),
    );
    const first = (await get(`${id}/files?limit=3`)).body;
    const second = (await get(`${id}/files?limit=3&cursor=${encodeURIComponent(first.next_cursor)}`)).body;
    expect([...first.items, ...second.items]).toEqual(body.items);
    expect(second.next_cursor).toBeNull();
    expect((await get(`${id}/files?prefix=frontend/`)).body.items).toHaveLength(2);
    expect((await get(`${id}/files?limit=0`)).status).toBe(422);
    expect((await get(`${id}/files?cursor=nonsense`)).status).toBe(400);
  });

  it('are read as text, as base64 where they are none, and as a download that no browser shows', async () => {
    const text = (await get(`${id}/files/frontend/script.js`)).body;
    expect(text).toMatchObject({
      path: 'frontend/script.js',
      encoding: 'utf-8',
      content: SMALL_APP_FILES['frontend/script.js'],
    });
    const raw = await get(`${id}/files/frontend/index.html?raw=1`);
    expect(raw.headers.get('content-type')).toBe('application/octet-stream');
    expect(raw.headers.get('content-disposition')).toMatch(/^attachment;.*index\.html/);
    expect(raw.body).toBe(SMALL_APP_FILES['frontend/index.html']);
    expect((await get(`${id}/files/not/there.js`)).status).toBe(404);
    expect((await get(`${id}/files/..%2f..%2fetc%2fpasswd`)).status).toBe(404);
    expect((await get(`${id}/files/frontend/script.js?raw=2`)).status).toBe(422);

    const binary = await bench.play({ plan: [{ text: 'Nothing to do.' }] });
    const bytes = Buffer.from([0, 1, 255, 254]);
    const { sha256, size } = await storeContent(bench.person.tenantId, bytes);
    await asOwner(
      `insert into run_files (run_id, path, tenant_id, sha256, size, updated_by) values ($1, 'image.bin', $2, $3, $4, 'backend')`,
      [binary.id, bench.person.tenantId, sha256, size],
    );
    expect((await get(`${binary.id}/files/image.bin`)).body).toEqual({
      path: 'image.bin',
      encoding: 'base64',
      content: bytes.toString('base64'),
      size,
      sha256,
    });
  });

  it('come as a ZIP with the same contents', async () => {
    const response = await fetch(`${bench.server.url}/api/v1/sprints/${id}/download`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bench.person.token}` },
    });
    expect(response.headers.get('content-type')).toBe('application/zip');
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${id}.zip"`);
    expect(await unzip(Buffer.from(await response.arrayBuffer()))).toEqual(SMALL_APP_FILES);
  });

  it('a sprint without files is an empty list and an empty ZIP', async () => {
    const empty = await bench.play({ plan: [{ text: 'Nothing to do.' }] });
    expect((await get(`${empty.id}/files`)).body).toEqual({ items: [], next_cursor: null });
    const response = await fetch(`${bench.server.url}/api/v1/sprints/${empty.id}/download`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bench.person.token}` },
    });
    expect(await unzip(Buffer.from(await response.arrayBuffer()))).toEqual({});
  });
});

it('the log comes in pages without a gap, by level and by worker', async () => {
  const whole = await bench.logs(id);
  const paged: unknown[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await get(`${id}/logs?limit=5${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    paged.push(...body.items);
    if (body.next_cursor === null) break;
    cursor = body.next_cursor;
  }
  expect(paged).toEqual(whole);
  const ofBackend = (await get(`${id}/logs?source=backend&limit=200`)).body.items;
  expect(ofBackend).toEqual(whole.filter(({ source }) => source === 'backend'));
  expect((await get(`${id}/logs?level=error`)).body.items).toEqual([]);
  expect((await get(`${id}/logs?level=loud`)).status).toBe(422);
});

it('sprints are listed newest first, in pages, by status, and only to their own tenant', async () => {
  const person = await bench.server.signUp();
  bench.team.perform({ plan: [{ text: 'Nothing to do.' }] });
  const ids: string[] = [];
  for (let number = 0; number < 5; number += 1) {
    const started = await bench.start({ task: `Task ${number}` }, person);
    ids.unshift(started);
    while ((await bench.sprint(started, person)).completed_at === null);
  }
  const list = (query: string, token = person.token) => bench.server.call('GET', `/api/v1/sprints${query}`, { token });
  const seen: string[] = [];
  for (let query = '?limit=2'; ; ) {
    const { body } = await list(query);
    seen.push(...body.items.map((sprint: { id: string }) => sprint.id));
    if (body.next_cursor === null) break;
    query = `?limit=2&cursor=${encodeURIComponent(body.next_cursor)}`;
  }
  expect(seen).toEqual(ids);
  expect((await list('?status=completed')).body.items).toHaveLength(5);
  expect((await list('?status=running')).body.items).toEqual([]);
  expect((await list('?status=done')).status).toBe(422);
  expect((await list('?limit=2', (await bench.server.signUp()).token)).body).toEqual({ items: [], next_cursor: null });
  expect((await bench.server.call('GET', '/api/v1/sprints')).status).toBe(401);
  // A cursor is of one list and one caller.
  const { next_cursor: cursor } = (await list('?limit=2')).body;
  expect((await list(`?limit=2&cursor=${encodeURIComponent(cursor)}`, bench.person.token)).status).toBe(400);
});

function unzip(bytes: Buffer): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      const files: Record<string, string> = {};
      zip.on('entry', (entry) =>
        zip.openReadStream(entry, async (fault, stream) => {
          if (fault) return reject(fault);
          const pieces: Buffer[] = [];
          for await (const piece of stream) pieces.push(piece);
          files[entry.fileName] = Buffer.concat(pieces).toString();
          zip.readEntry();
        }),
      );
      zip.once('end', () => resolve(files));
      zip.once('error', reject);
      zip.readEntry();
    });
  });
}
