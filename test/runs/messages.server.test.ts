import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import type { ScriptedAnswer } from '../support/scripted-provider.ts';
import { call, planFor, tell, write } from '../support/team-script.ts';
import { asOwner, numbersOf, oneTo, openBench, type RunBench, waitFor } from './bench.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const wait = (seconds: number) => ({ text: '', toolCalls: [call('read_messages', { wait_seconds: seconds })] });
const slow = (delayMs: number) => ({ text: '', toolCalls: [call('list_files')], delayMs });
const lastResult = (role: 'backend' | 'frontend', turn: number): string => {
  const last = bench.team.of(role, turn)[0]?.request.messages.at(-1);
  return last?.role === 'tool' ? (last.results.at(-1)?.output ?? '') : '';
};

/** Returns a line that answers when the worker sleeps. */
const onceAsleep = (name: string, answer: ScriptedAnswer) => async () => {
  const sleeping = `select 1 from run_nodes n join sessions s on s.id = n.run_id
    where n.name = $1 and n.wake_at is not null and s.completed_at is null`;
  await waitFor(`${name} to sleep`, async () => (await asOwner(sleeping, [name])).length > 0);
  return answer;
};
/** Returns a line that answers when the worker takes its second turn. */
const onceAwake = (role: 'backend' | 'frontend', answer: ScriptedAnswer) => async () => {
  await waitFor(`${role} to go on`, () => bench.team.of(role, 1).length > 0);
  return answer;
};

// The test is shorter than 600 s, so a worker that waits for 600 s does not time out.
describe('a worker that waits', () => {
  it('sleeps until a message wakes it, and reads the message once', async () => {
    const sprint = await bench.play({
      plan: planFor('backend', 'frontend'),
      backend: [
        onceAsleep('frontend', { text: '', toolCalls: [tell('frontend', 'The API stands.')] }),
        onceAwake('frontend', { text: 'Done.' }),
      ],
      frontend: [wait(600), { text: '', toolCalls: [call('read_messages')] }, { text: 'Done.' }],
    });
    expect(sprint.status).toBe('completed');
    expect(lastResult('frontend', 1)).toContain('From backend');
    expect(lastResult('frontend', 1)).toContain('The API stands.');
    expect(lastResult('frontend', 2)).toBe('No new messages.');
  });

  it('continues without a message when its time is over', async () => {
    const sprint = await bench.play({
      plan: planFor('backend', 'frontend'),
      backend: [onceAwake('frontend', { text: 'Done.' })],
      frontend: [wait(1), { text: 'I go on.' }],
    });
    expect(sprint.status).toBe('completed');
    expect(lastResult('frontend', 1)).toBe('No new messages.');
  });

  it('does not wait when no other worker can write', async () => {
    const sprint = await bench.play({ plan: planFor('frontend'), frontend: [wait(600), { text: 'I go on.' }] });
    expect(sprint.status).toBe('completed');
    expect(lastResult('frontend', 1)).toContain('nobody else is at work');
  });

  it('is woken when the last worker that could write has ended', async () => {
    const sprint = await bench.play({
      plan: planFor('backend', 'frontend'),
      backend: [onceAsleep('frontend', { text: 'Done, without a word to anybody.' })],
      frontend: [wait(600), { text: 'I go on.' }],
    });
    expect(sprint.status).toBe('completed');
    expect(lastResult('frontend', 1)).toContain('nobody else is at work');
  });

  it('is woken when the other worker fails; two workers that wait for each other both continue', async () => {
    const failing = await bench.play({
      plan: planFor('backend', 'frontend'),
      backend: [onceAsleep('frontend', { text: 'No.', finish: 'refused' })],
      frontend: [wait(600), { text: 'I go on.' }],
    });
    expect(failing).toMatchObject({ status: 'failed', error: expect.stringContaining('content filter') });
    const mutual = await bench.play({
      plan: planFor('backend', 'frontend'),
      backend: [wait(600), { text: 'Done.' }],
      frontend: [onceAsleep('backend', wait(600)), { text: 'Done.' }],
    });
    expect(mutual.status).toBe('completed');
  });
});

it('lets a worker that waits for a retry wait, however many messages come', async () => {
  const { MODEL_TIMEOUT_SECONDS } = environment;
  // Shorter than the wait that the model asks for, so that the node waits and not the process.
  environment.MODEL_TIMEOUT_SECONDS = 5;
  onTestFinished(() => {
    environment.MODEL_TIMEOUT_SECONDS = MODEL_TIMEOUT_SECONDS;
  });
  bench.team.perform({
    plan: planFor('backend', 'frontend'),
    backend: [
      { text: '', toolCalls: [write('one.txt', '1')] },
      { failure: { status: 429, message: 'Rate limit', retryAfterSeconds: 400 } },
    ],
    frontend: [
      onceAsleep('backend', { text: '', toolCalls: [tell('backend', 'One.'), tell('backend', 'Two.')] }),
      { text: '', toolCalls: [tell('backend', 'Three.')] },
      { text: 'Done.' },
    ],
  });
  const id = await bench.start();
  const nodes = (name: string) =>
    asOwner(
      `select status, attempts, wake_at > now() + interval '200 seconds' as waits from run_nodes
        where run_id = $1 and name = $2`,
      [id, name],
    );
  await waitFor('frontend to end', async () => (await nodes('frontend'))[0]?.status === 'completed');
  expect(await nodes('backend')).toEqual([{ status: 'running', attempts: 0, waits: true }]);
  expect(bench.team.of('backend', 1)).toHaveLength(1);
  await bench.server.call('POST', `/api/v1/sprints/${id}/cancel`, { token: bench.person.token });
});

it('starts a skipped worker when another worker writes to it, and the chef waits for it', async () => {
  const sprint = await bench.play({
    plan: planFor('backend'),
    backend: [slow(200), { text: '', toolCalls: [tell('frontend', 'I need a page.')] }, { text: 'Done.' }],
    frontend: [{ text: '', toolCalls: [write('page.html', '<p>')], delayMs: 300 }, { text: 'Here it is.' }],
  });
  expect(sprint.status).toBe('completed');
  expect(sprint.workers.map((worker: { name: string; status: string }) => `${worker.name} ${worker.status}`)).toEqual([
    'plan completed',
    'backend completed',
    'frontend completed',
    'summary completed',
  ]);
  const [prompt] = bench.team.of('frontend', 0)[0]?.request.messages ?? [];
  expect(prompt).toMatchObject({ text: expect.stringContaining('<message from="backend">\nI need a page.') });
  expect(bench.team.of('summary')[0]?.request.startedAt).toBeGreaterThan(
    bench.team.of('frontend', 1)[0]?.request.endedAt ?? Number.POSITIVE_INFINITY,
  );
  const lines = await bench.logs(sprint.id);
  expect(lines.filter(({ type }) => type === 'node_skipped')).toHaveLength(1);
  expect(numbersOf(lines)).toEqual(oneTo(lines.length));
});

it('rejects messages to the worker itself and to workers outside the team', async () => {
  await bench.play({
    plan: planFor('backend'),
    backend: [
      { text: '', toolCalls: [tell('backend', 'Hi'), tell('devops', 'Hi'), tell('nobody', 'Hi')] },
      { text: 'Done.' },
    ],
  });
  const last = bench.team.of('backend', 1)[0]?.request.messages.at(-1);
  expect(last?.role === 'tool' && last.results.map(({ isError }) => isError)).toEqual([true, true, true]);
});

it('keeps the changes of both workers that edit the same file concurrently', async () => {
  const both = (name: string) => [
    {
      text: '',
      toolCalls: [
        call('edit_file', { path: 'shared.txt', old_text: `[${name}]`, new_text: `${name} was here` }),
        write('last.txt', name),
      ],
    },
    { text: 'Done.' },
  ];
  const sprint = await bench.play(
    {
      plan: planFor('devops'),
      devops: [
        {
          text: '',
          toolCalls: [
            write('shared.txt', '[backend] and [frontend]'),
            tell('backend', 'Edit.'),
            tell('frontend', 'Edit.'),
          ],
        },
        { text: 'Done.', delayMs: 200 },
      ],
      backend: both('backend'),
      frontend: both('frontend'),
    },
    { team: ['backend', 'frontend', 'devops'] },
  );
  expect(sprint.status).toBe('completed');
  const read = async (path: string) =>
    (await bench.server.call('GET', `/api/v1/sprints/${sprint.id}/files/${path}`, { token: bench.person.token })).body
      .content;
  expect(await read('shared.txt')).toBe('backend was here and frontend was here');
  expect(['backend', 'frontend']).toContain(await read('last.txt'));
  expect(await asOwner('select path, version from run_files where run_id = $1 order by path', [sprint.id])).toEqual([
    { path: 'last.txt', version: 2 },
    { path: 'shared.txt', version: 3 },
  ]);
  await waitFor(
    'the outbox to be empty',
    async () => (await asOwner("select 1 from outbox where payload ->> 'run_id' = $1", [sprint.id])).length === 0,
  );
});
