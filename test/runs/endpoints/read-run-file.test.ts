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

it('answers 200 with a file of a run that is no sprint, as JSON and as a download', async () => {
  const read = (path: string) =>
    bench.server.call('GET', `/api/v1/runs/${id}/files/${path}`, { token: bench.person.token });
  expect(await read('notes.md')).toMatchObject({ status: 200, body: { path: 'notes.md', content: '# Notes' } });
  const raw = await read('backend/server.js?raw=1');
  expect(raw.headers.get('content-disposition')).toMatch(/^attachment;.*server\.js/);
  expect(raw.body).toBe('export {};');
  const missing = await read('not/there.js');
  expect(missing).toMatchObject({ status: 404, body: { detail: 'The run has no file not/there.js.' } });
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (runId) => `/api/v1/runs/${runId}/files/backend/server.js`,
  id: () => id,
  writes: false,
});
