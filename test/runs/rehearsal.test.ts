import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LogLine } from '../../functions/runs/events/event.ts';
import { hasSandbox } from '../support/bubblewrap.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';
import { asOwner, numbersOf, oneTo, waitFor } from './bench.ts';
import { filesInZip } from './zip.ts';

/** A sprint without a model key, as a new user sees it. */
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
    50_000,
  );
}

it('runs a sprint without a model key: files, a ZIP and a log that says everywhere that it is scripted; the next sprint remembers it', {
  timeout: 120_000,
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
  expect(Object.keys(await filesInZip(await zip.arrayBuffer())).toSorted()).toEqual(paths);

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

  await waitFor('the facts to be stored', async () => {
    const [row] = await asOwner<{ learned: boolean }>(
      `select count(*) filter (where source_kind = 'run') > 0 as learned from memories where tenant_id = $1`,
      [person.tenantId],
    );
    return row?.learned;
  });
  const note = { agent: 'backend', summary: 'The counter has no tests.', unfinished: ['Write the tests.'] };
  await server.call('POST', '/api/v1/memory/notes', { token: person.token, body: note });
  const second = await rehearse('Build a counter once more.');
  const prompts = await asOwner<{ name: string; text: string }>(
    `select name, prompt ->> 'text' as text from run_nodes where run_id = $1`,
    [second.id],
  );
  const ofBackend = prompts.find(({ name }) => name === 'backend')?.text ?? '';
  expect(ofBackend).toContain('<memories>');
  expect(ofBackend).toContain('- unfinished: Write the tests.');
  expect(prompts.find(({ name }) => name === 'frontend')?.text).not.toContain('<notes>');
  expect(ofBackend).toContain('The counter app was built with Express on port 3000');
  expect(second.workers.find((worker: { name: string }) => worker.name === 'backend').result).toContain(
    'Remembered from earlier sprints',
  );
});

it('leaves the findings of a planned run to memory, and nothing of its plan', { timeout: 60_000 }, async () => {
  const other = await server.signUp();
  const { body: started } = await server.call('POST', '/api/v1/runs', {
    token: other.token,
    body: { query: 'Write the outline of a guide. We always write guides in plain English.' },
  });
  const session = await waitFor('the run to be learned', async () => {
    const [row] = await asOwner<{ status: string; material: { reports: { worker: string }[] } }>(
      'select status, material from memory_sessions where id = $1',
      [started.id],
    );
    return row?.status === 'learned' && row;
  });
  expect(session.material.reports.map(({ worker }) => worker)).toEqual(['retriever', 'coder', 'formatter']);
  const { body: memory } = await server.call('GET', '/api/v1/memory', { token: other.token });
  expect(memory.items.map(({ text }: { text: string }) => text)).toEqual(['We always write guides in plain English.']);
});

it('holds a council without a model key: its members disagree in the first round and converge, with or without options', {
  timeout: 60_000,
}, async () => {
  const hold = async (body: object) => {
    const { token } = person;
    const { body: started } = await server.call('POST', '/api/v1/agents/council', { token, body });
    return waitFor('the council to end', async () => {
      const { body: council } = await server.call('GET', `/api/v1/agents/council/${started.id}`, { token });
      return council.completed_at !== null && council;
    });
  };
  const councils = await Promise.all([
    hold({ question: 'Which database?', options: ['PostgreSQL & pgvector', 'SQLite', 'Files'] }),
    hold({ question: 'Which database?' }),
  ]);
  for (const council of councils) {
    expect(council).toMatchObject({
      status: 'completed',
      ended_by: 'consensus',
      round: 3,
      spent_usd: '0',
      error: null,
    });
    expect(council.held.map(({ score }: { score: number }) => score)).toEqual([0.4, 0.6, 0.8]);
    expect(council.outcome.summary).toMatch(/^\[Scripted rehearsal/);
    expect(council.outcome.minority_report).toContain('Skeptic');
  }
  expect(councils[0].outcome.winner).toBe('PostgreSQL & pgvector');
});
