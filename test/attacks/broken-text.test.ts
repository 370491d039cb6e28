import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { openBench, type RunBench } from '../runs/bench.ts';
import { asOwner } from '../support/owner.ts';
import { expectLoggedError } from '../support/setup-log.ts';
import { call, planFor, write } from '../support/team-script.ts';

/** Text that no database stores and no JSON should hold, from a model: NUL, halves of characters, cuts in the middle of one. */
let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe('text that Postgres does not store', () => {
  test('from a model or out of a cut in the middle of a character: shown otherwise, asked for once, and the sprint goes on', async () => {
    const faces = '🙂'.repeat(3000);
    const sprint = await bench.play(
      {
        plan: planFor('backend'),
        backend: [
          {
            text: 'a\0b\ud800',
            toolCalls: [
              write('even.txt', faces),
              write('odd.txt', `x${faces}`),
              call('read_file', { path: 'even.txt' }),
              call('read_file', { path: 'odd.txt' }),
            ],
          },
          {
            text: '',
            toolCalls: [
              call('read_file', { path: faces }),
              call('read_file', { path: `x${faces}` }),
              call('nul\0tool', { '\0': '\udc00' }),
            ],
          },
          { text: 'The end\0' },
        ],
      },
      { team: ['backend'] },
    );
    expect(sprint.status).toBe('completed');
    expect(sprint.workers.find(({ name }: { name: string }) => name === 'backend')).toMatchObject({
      result: 'The end\u2400',
      turns: 3,
    });
    expect(bench.team.of('backend')).toHaveLength(3);
  });
});

test('a model’s broken characters do not end the live view, nor the process that shows it', async () => {
  const listening = Promise.withResolvers<void>();
  const broken = {
    text: 'x',
    chunks: ['nul\0', `x${'🙂'.repeat(1500)}`, 'half\ud83d', 'the end'],
    chunkDelayMs: 250,
  };
  // The model says nothing before somebody listens.
  bench.team.perform({ plan: [() => listening.promise.then(() => broken)] });
  const id = await bench.start({ team: ['backend'] });
  const response = await fetch(`${bench.server.url}/api/v1/runs/${id}/events`, {
    headers: { authorization: `Bearer ${bench.person.token}` },
  });
  let heard = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    listening.resolve();
    heard += chunk;
  }
  const deltas = [...heard.matchAll(/^event: delta\ndata: (.+)$/gm)].map(([, data = '']) => JSON.parse(data));
  expect(deltas.map(({ text }) => text).join('')).toContain('the end');
  expect(heard).toContain('event: run_completed');
});

test('a fact whose JSON spells a NUL is learned all the same', async () => {
  const facts = String.raw`{"facts":[{"scope":"user","category":"rule","text":"The harbour\u0000 is \ud800 closed"}]}`;
  // The memory asks twice: what the task says, and what the reports say, which has another schema.
  const isAboutTask = (body: unknown) => JSON.stringify(body).includes('["tenant","user"]');
  await bench.play(
    {
      plan: [{ text: 'Nothing to do.' }],
      memory: [({ body }) => ({ text: isAboutTask(body) ? facts : '{"facts":[]}' })],
    },
    { team: ['backend'] },
  );
  await expect
    .poll(() => asOwner(`select text from memories where text like 'The harbour%'`), { timeout: 20_000 })
    .toEqual([{ text: 'The harbour\u2400 is \ufffd closed' }]);
});

test('a notification that nobody can read is told, and ends neither the process nor the live view', async () => {
  expectLoggedError(/notification of run_deltas could not be read/);
  const database = await openDatabase();
  const heard: string[] = [];
  const stop = await database.listen('run_deltas', (payload) => {
    heard.push(payload);
    JSON.parse(payload);
  });
  for (const payload of ['{"cut', 'next']) await asOwner('select pg_notify($1, $2)', ['run_deltas', payload]);
  await expect.poll(() => heard, { timeout: 20_000 }).toEqual(['{"cut', 'next']);
  await stop();
});
