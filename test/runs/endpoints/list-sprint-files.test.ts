import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SMALL_APP_FILES } from '../../support/team-script.ts';
import { holdQueue, openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';
import { putFiles } from './sprint-files.ts';

let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
  id = await bench.start();
  await putFiles(bench, id, { ...SMALL_APP_FILES, '.git/config': '[core]' });
});
afterAll(() => bench.close());

const list = (query = '', runId = id) =>
  bench.server.call('GET', `/api/v1/sprints/${runId}/files${query}`, { token: bench.person.token });

it('answers 200 with the files in the order of their paths, with their hashes, without .git', async () => {
  const { status, body } = await list();
  expect(status).toBe(200);
  expect(
    body.items.map((file: { path: string; size: number; sha256: string }) => [file.path, file.size, file.sha256]),
  ).toEqual(
    Object.entries(SMALL_APP_FILES).map(([path, content]) => [
      path,
      Buffer.byteLength(content),
      createHash('sha256').update(content).digest('hex'),
    ]),
  );
});

it('answers pages that together are the whole list', async () => {
  const whole = (await list()).body.items;
  const first = (await list('?limit=3')).body;
  const second = (await list(`?limit=3&cursor=${encodeURIComponent(first.next_cursor)}`)).body;
  expect([...first.items, ...second.items]).toEqual(whole);
  expect(second.next_cursor).toBeNull();
});

it('lists the files of one folder', async () => {
  expect((await list('?prefix=frontend/')).body.items).toHaveLength(2);
});

it('answers 200 with an empty list for a sprint without files', async () => {
  const empty = await bench.start();
  expect((await list('', empty)).body).toEqual({ items: [], next_cursor: null });
});

it('answers 422 for a wrong limit and 400 for a cursor that it did not make', async () => {
  expect((await list('?limit=0')).status).toBe(422);
  expect((await list('?cursor=nonsense')).status).toBe(400);
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (runId) => `/api/v1/sprints/${runId}/files`,
  id: () => id,
  writes: false,
});
