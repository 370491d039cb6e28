import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdQueue, openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';
import { putFiles } from './sprint-files.ts';

const FILES = { 'backend/server.js': 'export {};', 'notes.md': '# Notes' };

let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
  id = await bench.startRun({ agent_type: 'thinker' });
  await putFiles(bench, id, FILES);
});
afterAll(() => bench.close());

it('answers 200 with the files of a run that is no sprint, page by page', async () => {
  const list = (query: string) =>
    bench.server.call('GET', `/api/v1/runs/${id}/files${query}`, { token: bench.person.token });
  const { status, body } = await list('?limit=1');
  expect([status, body.items]).toMatchObject([200, [{ path: 'backend/server.js', size: 10 }]]);
  const rest = await list(`?limit=1&cursor=${encodeURIComponent(body.next_cursor)}`);
  expect(rest.body).toMatchObject({ items: [{ path: 'notes.md' }], next_cursor: null });
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (runId) => `/api/v1/runs/${runId}/files`,
  id: () => id,
  writes: false,
});
