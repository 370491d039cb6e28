import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdQueue, openBench, type RunBench } from '../bench.ts';
import { filesInZip } from '../zip.ts';
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

it('answers 200 with a ZIP of the files of a run that is no sprint', async () => {
  const response = await fetch(`${bench.server.url}/api/v1/runs/${id}/download`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bench.person.token}` },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${id}.zip"`);
  expect(await filesInZip(await response.arrayBuffer())).toEqual(FILES);
});

describeRefusals({
  bench: () => bench,
  method: 'POST',
  path: (runId) => `/api/v1/runs/${runId}/download`,
  id: () => id,
  writes: false,
});
