import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { openBench, type RunBench } from '../runs/bench.ts';
import { asOwner } from '../support/owner.ts';
import { expectLoggedError } from '../support/setup-log.ts';
import { call, planFor, tell, write } from '../support/team-script.ts';

/**
 * Tests text of a model that Postgres cannot store (NUL, lone surrogates, cuts inside a character), and requests that
 * are not UTF-8.
 */
let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe('text that Postgres cannot store', () => {
  test('is replaced, whether from a model or from a cut inside a character, and the sprint continues without a second request', async () => {
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

test('broken characters of a model end neither the event stream nor the process', async () => {
  const listening = Promise.withResolvers<void>();
  const broken = {
    text: 'x',
    chunks: ['nul\0', `x${'🙂'.repeat(1500)}`, 'half\ud83d', 'the end'],
    chunkDelayMs: 250,
    toolCalls: [tell('backend', 'Begin.')],
  };
  // The model sends nothing before the test listens.
  bench.team.perform({ plan: [() => listening.promise.then(() => broken), { text: 'The plan stands.' }] });
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

test('a fact whose JSON contains an escaped NUL is learned', async () => {
  const facts = String.raw`{"facts":[{"scope":"user","category":"rule","text":"The harbour\u0000 is \ud800 closed"}]}`;
  // The memory asks the model twice, about the task and about the reports, with different schemas.
  const isAboutTask = (body: unknown) => JSON.stringify(body).includes('["tenant","user"]');
  await bench.play(
    {
      plan: planFor('backend'),
      memory: [({ body }) => ({ text: isAboutTask(body) ? facts : '{"facts":[]}' })],
    },
    { team: ['backend'] },
  );
  await expect
    .poll(() => asOwner(`select text from memories where text like 'The harbour%'`), { timeout: 20_000 })
    .toEqual([{ text: 'The harbour\u2400 is \ufffd closed' }]);
});

test('a malformed notification is logged and ends neither the process nor the listener', async () => {
  expectLoggedError(/notification on run_deltas not handled/);
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

describe('bytes of another encoding, which as U+FFFD would make one user of Zo\u00eb and Zo\u00e9', () => {
  const ask = async (method: string, path: string, body?: string) => {
    const answer = await fetch(`${bench.server.url}/api/v1/memory${path}`, {
      method,
      headers: { authorization: `Bearer ${bench.person.token}`, 'content-type': 'application/json' },
      // Each character of the body is one byte.
      ...(body === undefined ? {} : { body: Buffer.from(body, 'latin1') }),
    });
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  };
  const fact = JSON.stringify({ text: 'I live in Oslo' });

  test.each([
    ['a name in the body', '', '{"text":"I live in Oslo","user_id":"Zo\xeb"}', 400],
    ['a text in the body', '', '{"text":"I live in \xc5lesund"}', 400],
    ['a name in the query', '?user_id=Zo%EB', fact, 422],
    ['half a character in the query', '?user_id=Zo%C3', fact, 422],
    [
      'a name that was converted before',
      '',
      JSON.stringify({ text: 'x', user_id: 'Zo?' }).replace('?', '\\ufffd'),
      422,
    ],
  ])('%s is refused', async (_what, query, body, status) => {
    expect((await ask('POST', query, body)).status).toBe(status);
    expect((await ask('GET', '/subjects')).body.items).toEqual([]);
  });

  test('a read with such a name is refused, and U+FFFD in a text is a character like others', async () => {
    expect((await ask('GET', '?user_id=Zo%E9')).status).toBe(422);
    expect(await ask('POST', '', String.raw`{"text":"The file has \ufffd in line 3"}`)).toMatchObject({
      status: 201,
      body: { text: 'The file has \ufffd in line 3' },
    });
  });
});
