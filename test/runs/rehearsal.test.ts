import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import type { LogLine } from '../../functions/runs/events/event.ts';
import { hasSandbox } from '../support/bubblewrap.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';
import { asOwner, numbersOf, oneTo, waitFor } from './bench.ts';

/** Without any key: what a newcomer sees. */
let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startServer();
  person = await server.signUp();
});
afterAll(() => server.close());

const get = async (path: string) => (await server.call('GET', `/api/v1/sprints/${path}`, { token: person.token })).body;

async function rehearse(task: string) {
  const { body } = await server.call('POST', '/api/v1/sprints', { token: person.token, body: { task } });
  return waitFor(
    'the rehearsal to end',
    async () => {
      const sprint = await get(body.id);
      return sprint.completed_at !== null && sprint;
    },
    25_000,
  );
}

it('a whole sprint without a key: files, a ZIP, the log of every worker, and everywhere that it is scripted; the next one remembers', {
  timeout: 60_000,
}, async () => {
  const sprint = await rehearse('Build a counter. The counter shall be green.');
  expect(sprint).toMatchObject({ status: 'completed', scripted: true, cost_usd: '0', error: null });
  expect(sprint.result).toMatch(/^\[Scripted rehearsal/);
  expect(
    sprint.workers.map((worker: { name: string; status: string; provider: string }) => [
      worker.name,
      worker.status,
      worker.provider,
    ]),
  ).toEqual(['plan', 'backend', 'frontend', 'devops', 'summary'].map((name) => [name, 'completed', 'rehearsal']));

  const { items: files } = await get(`${sprint.id}/files`);
  const paths = files.map((file: { path: string }) => file.path);
  expect(paths).toEqual([
    'README.md',
    'backend/counter.test.js',
    'backend/package.json',
    'backend/server.js',
    'frontend/index.html',
    'frontend/script.js',
    'frontend/style.css',
  ]);
  const zip = await fetch(`${server.url}/api/v1/sprints/${sprint.id}/download`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.token}` },
  });
  expect(await namesIn(Buffer.from(await zip.arrayBuffer()))).toEqual(paths);

  const lines: LogLine[] = (await get(`${sprint.id}/logs?limit=200`)).items;
  expect(numbersOf(lines)).toEqual(oneTo(lines.length));
  expect(new Set(lines.map(({ source }) => source))).toEqual(
    new Set(['system', 'chef', 'backend', 'frontend', 'devops']),
  );
  expect(lines.filter(({ data }) => data.scripted !== true)).toEqual([]);
  if (hasSandbox) {
    expect(
      lines
        .filter(({ type, data }) => type === 'tool_completed' && data.tool === 'run_command')
        .map(({ data }) => data.is_error),
    ).toEqual([false, false, false]);
  }

  await waitFor('what is learned to be remembered', async () => {
    const [row] = await asOwner<{ learned: boolean }>(
      `select count(*) filter (where source_kind = 'run') > 0 as learned from memories where tenant_id = $1`,
      [person.tenantId],
    );
    return row?.learned;
  });
  const second = await rehearse('Build a counter once more.');
  const prompts = await asOwner<{ name: string; text: string }>(
    `select name, prompt ->> 'text' as text from run_nodes where run_id = $1`,
    [second.id],
  );
  const ofBackend = prompts.find(({ name }) => name === 'backend')?.text ?? '';
  expect(ofBackend).toContain('<memories>');
  expect(ofBackend).toContain('The counter app was built with Express on port 3000');
  expect(second.workers.find((worker: { name: string }) => worker.name === 'backend').result).toContain(
    'Remembered from earlier sprints',
  );
});

function namesIn(bytes: Buffer): Promise<string[]> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, (error, zip) => {
      if (error) return reject(error);
      const names: string[] = [];
      zip.on('entry', (entry) => names.push(entry.fileName));
      zip.once('end', () => resolve(names.toSorted()));
      zip.once('error', reject);
    });
  });
}
