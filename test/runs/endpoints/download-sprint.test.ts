import { afterAll, beforeAll, expect, it } from 'vitest';
import { SMALL_APP_FILES } from '../../support/team-script.ts';
import { holdQueue, openBench, type RunBench } from '../bench.ts';
import { filesInZip } from '../zip.ts';
import { describeRefusals } from './refusals.ts';
import { putFiles } from './sprint-files.ts';

let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
  id = await bench.start();
  await putFiles(bench, id, { ...SMALL_APP_FILES, '.git/hooks/pre-commit': 'exit 1' });
});
afterAll(() => bench.close());

const download = (runId: string) =>
  fetch(`${bench.server.url}/api/v1/sprints/${runId}/download`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bench.person.token}` },
  });

it('answers 200 with a ZIP of the files, without .git', async () => {
  const response = await download(id);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/zip');
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${id}.zip"`);
  expect(await filesInZip(await response.arrayBuffer())).toEqual(SMALL_APP_FILES);
});

it('answers 200 with an empty ZIP for a sprint without files', async () => {
  const response = await download(await bench.start());
  expect(await filesInZip(await response.arrayBuffer())).toEqual({});
});

describeRefusals({
  bench: () => bench,
  method: 'POST',
  path: (runId) => `/api/v1/sprints/${runId}/download`,
  id: () => id,
  writes: false,
});
