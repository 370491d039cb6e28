import { afterAll, beforeAll, expect, it } from 'vitest';
import { SMALL_APP_FILES } from '../../support/team-script.ts';
import { holdQueue, openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';
import { putFiles } from './sprint-files.ts';

const BINARY = Buffer.from([0, 1, 255, 254]);

let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
  id = await bench.start();
  await putFiles(bench, id, { ...SMALL_APP_FILES, 'image.bin': BINARY });
});
afterAll(() => bench.close());

const read = (path: string) =>
  bench.server.call('GET', `/api/v1/sprints/${id}/files/${path}`, { token: bench.person.token });

it('answers 200 with the text of a file', async () => {
  expect(await read('frontend/script.js')).toMatchObject({
    status: 200,
    body: { path: 'frontend/script.js', encoding: 'utf-8', content: SMALL_APP_FILES['frontend/script.js'] },
  });
});

it('answers 200 with base64 for a file that is not text', async () => {
  expect((await read('image.bin')).body).toEqual({
    path: 'image.bin',
    encoding: 'base64',
    content: BINARY.toString('base64'),
    size: BINARY.length,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

it('answers a download that no browser displays with raw=1', async () => {
  const raw = await read('frontend/index.html?raw=1');
  expect(raw.headers.get('content-type')).toBe('application/octet-stream');
  expect(raw.headers.get('content-disposition')).toMatch(/^attachment;.*index\.html/);
  expect(raw.body).toBe(SMALL_APP_FILES['frontend/index.html']);
});

it('answers 404 for a file that does not exist and for a path that leaves the workspace', async () => {
  expect((await read('not/there.js')).status).toBe(404);
  expect((await read('..%2f..%2fetc%2fpasswd')).status).toBe(404);
});

it('answers 422 for a wrong value of raw', async () => {
  expect((await read('frontend/script.js?raw=2')).status).toBe(422);
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (runId) => `/api/v1/sprints/${runId}/files/backend/server.js`,
  id: () => id,
  writes: false,
});
