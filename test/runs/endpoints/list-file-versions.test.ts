import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, planFor, write } from '../../support/team-script.ts';
import { asOwner, openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';

let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  const run = await bench.play(
    {
      plan: planFor('backend'),
      backend: [
        { text: '1', toolCalls: [write('src/a.js', 'one'), write('b.js', 'b')] },
        { text: '2', toolCalls: [write('src/a.js', 'two!'), call('delete_file', { path: 'b.js' })] },
        { text: '3', toolCalls: [write('src/a.js', 'two!'), write('src/a.js', 'one')] },
        { text: 'Done.' },
      ],
    },
    { team: ['backend'] },
  );
  id = run.id;
});
afterAll(() => bench.close());

const get = (path: string, runId = id) =>
  bench.server.call('GET', `/api/v1/runs/${runId}/${path}`, { token: bench.person.token });

it('answers 200 with the versions, newest first, and the turn that wrote each', async () => {
  const { status, body } = await get('file-versions/src/a.js');
  expect([status, body.next_cursor]).toEqual([200, null]);
  const common = { node: 'backend', updated_by: 'backend', deleted: false, available: true };
  // Writing the same content makes no version.
  expect(body.items).toMatchObject([
    { number: 3, turn: 2, size: 3, ...common },
    { number: 2, turn: 1, size: 4, ...common },
    { number: 1, turn: 0, size: 3, ...common },
  ]);
  expect((await get('file-versions/b.js')).body.items).toMatchObject([
    { number: 2, turn: 1, node: 'backend', deleted: true, available: false, sha256: null, size: 0 },
    { number: 1, turn: 0, deleted: false },
  ]);
});

it('reads a version, also of a deleted file', async () => {
  expect((await get('files/src/a.js?version=2')).body).toMatchObject({ content: 'two!', size: 4 });
  expect((await get('files/src/a.js?version=2&raw=1')).body).toBe('two!');
  expect((await get('files/src/a.js')).body.content).toBe('one');
  expect((await get('files/b.js?version=1')).body.content).toBe('b');
  expect(await get('files/b.js?version=2')).toMatchObject({
    status: 404,
    body: { detail: 'The file b.js is deleted in version 2.' },
  });
  expect((await get('files/src/a.js?version=4')).status).toBe(404);
  expect((await get('files/src/a.js?version=0')).status).toBe(422);
});

it('pages, and answers 404 for a file that never was', async () => {
  const first = (await get('file-versions/src/a.js?limit=2')).body;
  const second = (await get(`file-versions/src/a.js?limit=2&cursor=${encodeURIComponent(first.next_cursor)}`)).body;
  expect([...first.items, ...second.items].map(({ number }) => number)).toEqual([3, 2, 1]);
  expect((await get('file-versions/never.js')).status).toBe(404);
});

it('keeps 50 contents of a path, and says which are gone', async () => {
  const change = `update run_files set sha256 = encode(sha256(convert_to($2, 'UTF8')), 'hex') where run_id = $1
    and path = 'src/a.js'`;
  for (let number = 4; number <= 54; number += 1) await asOwner(change, [id, `version ${number}`]);
  const { items } = (await get('file-versions/src/a.js?limit=200')).body;
  expect(items).toHaveLength(54);
  expect(items.filter((version: { available: boolean }) => version.available)).toHaveLength(50);
  expect(items.at(-1)).toMatchObject({ number: 1, available: false, turn: 0 });
  expect(await get('files/src/a.js?version=2')).toMatchObject({
    status: 404,
    body: { detail: 'The content of version 2 of src/a.js is not kept any more.' },
  });
});

it('a replay has the files that it keeps as first versions, and a deleted run leaves none', async () => {
  bench.team.perform({});
  const body = { from_node: 'summary' };
  const replay = await bench.server.call('POST', `/api/v1/runs/${id}/replay`, { token: bench.person.token, body });
  await bench.runEnded(replay.body.id);
  expect((await get('file-versions/src/a.js', replay.body.id)).body.items).toMatchObject([
    { number: 1, node: null, turn: null, updated_by: 'backend' },
  ]);
  await bench.server.call('DELETE', `/api/v1/runs/${replay.body.id}`, { token: bench.person.token });
  expect(await asOwner('select 1 from run_file_versions where run_id = $1', [replay.body.id])).toEqual([]);
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (runId) => `/api/v1/runs/${runId}/file-versions/src/a.js`,
  id: () => id,
  writes: false,
});
