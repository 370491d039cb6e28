import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { ATLAS, createFile, MAYA, rememberAtlas, rememberSession, textOf } from './fixtures.ts';
import {
  citing,
  NOT_TOLD,
  openSearchBench,
  PATH,
  read,
  type Scripted,
  type SearchBench,
  searching,
} from './search-server.ts';

let bench: SearchBench;
beforeAll(async () => {
  bench = await openSearchBench();
});
beforeEach(() => bench.reset());
afterAll(() => bench.close());

describe('limits', () => {
  test('what may be read: never more tokens than max_tokens; used up, the model can only answer', async () => {
    const person = await createPerson(bench.database, 'member');
    const long = Array.from({ length: 40 }, (_, index) => `Line ${index} of the long story about the harbour.`).join(
      '\n',
    );
    await rememberSession(bench.database, person, {
      id: 'long',
      day: '2026-03-03',
      edits: [
        createFile(
          MAYA,
          'Maya',
          Array.from({ length: 10 }, (_, index) => [`Chapter ${index}`, long]),
        ),
      ],
    });
    bench.play(
      read('read_entity', { path: MAYA }),
      read('read_entity', { path: MAYA, from_line: 60 }),
      citing('Long.', 'of the long story'),
    );
    const { body } = await bench.ask(person, { query: 'The story of the harbour?', max_tokens: 2000 });
    expect(body).toMatchObject({ ended_by: 'answered', tokens: { max: 2000 } });
    expect(body.tokens.read).toBeLessThanOrEqual(2000);
    expect(body.tokens.read).toBeGreaterThan(1000);
    const last = bench.gemini.requests.at(-1);
    expect(last?.tools.map(({ name }) => name)).toEqual(['answer']);
    expect(textOf(last)).toContain('You have read as much as this search may read');
  });

  test('its own budget: no call that it does not cover is made; what was found is answered', async () => {
    const person = await createPerson(bench.database, 'member');
    await rememberAtlas(bench.database, person);
    const nothing = await bench.ask(person, { query: 'Who leads Atlas?', budget_usd: 0 });
    expect(nothing).toMatchObject({
      status: 200,
      body: { retrieval: 'search_only', ended_by: 'budget', cost_usd: '0', turns: 0, answer: null },
    });
    expect(nothing.body.items[0].text).toContain('Atlas');
    expect([bench.gemini.requests.length, (await bench.billOf(person)).lines]).toEqual([0, 0]);
    // Room for one turn, and not for a second.
    bench.play(searching({ usage: { input: 100_000, output: 100 } }));
    const some = await bench.ask(person, { query: 'Who leads Atlas?', budget_usd: 0.06 });
    expect(some.body).toMatchObject({ ended_by: 'budget', turns: 1 });
    expect(Number(some.body.cost_usd)).toBeGreaterThan(0);
    await bench.expectPaid(person, some);
  });

  test('the tenant’s budget of the day: nothing is asked, and the words of the question are searched', async () => {
    const person = await createPerson(bench.database, 'member');
    await rememberAtlas(bench.database, person);
    await bench.change(person, 'budget_usd_per_day', 0);
    const answered = await bench.ask(person, { query: 'Who leads Atlas?' });
    expect(answered).toMatchObject({
      status: 200,
      body: {
        retrieval: 'search_only',
        ended_by: 'day_budget',
        detail: "The tenant's budget of the day is used up.",
        cost_usd: '0',
      },
    });
    expect(answered.body.items.length).toBeGreaterThan(0);
    expect(bench.gemini.requests).toEqual([]);
    // With one, what was reserved is given back.
    await bench.change(person, 'budget_usd_per_day', 5);
    bench.play(citing('Ines.', 'led by Ines Duarte'));
    const paid = await bench.ask(person, { query: 'Who leads Atlas?' });
    expect(paid.body.ended_by).toBe('answered');
    await bench.expectPaid(person, paid);
  });

  test('429 for the ninth search of a tenant at once, and another tenant is not held up', async () => {
    const person = await createPerson(bench.database, 'member');
    const other = await createPerson(bench.database, 'member');
    for (const one of [person, other]) await rememberAtlas(bench.database, one);
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    bench.play(() => held.then(() => NOT_TOLD));
    const many = Array.from({ length: 9 }, () => bench.ask(person, { query: 'Who leads Atlas?' }));
    const refused = await Promise.race(many);
    expect(refused).toMatchObject({ status: 429, body: { type: 'urn:apexflow:problem:too-many-requests' } });
    expect(refused.headers.get('retry-after')).toBe('5');
    const free = bench.ask(other, { query: 'Who leads Atlas?' });
    while (bench.gemini.requests.length < 9) await sleep(5);
    letGo();
    const statuses = (await Promise.all([...many, free])).map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array.from({ length: 9 }, () => 200), 429]);
  });
});

describe('a model that fails', () => {
  let person: Person;
  beforeEach(async () => {
    person = await createPerson(bench.database, 'member');
    await rememberAtlas(bench.database, person);
  });

  test.each<[string, Scripted, string, number]>([
    ['answers 500', { failure: { status: 500 } }, 'unavailable', 10],
    [
      'answers 429 for an hour',
      { failure: { status: 429, code: 'RESOURCE_EXHAUSTED', retryAfterSeconds: 3600 } },
      'rate limited',
      10,
    ],
    ['answers 400', { failure: { status: 400, code: 'INVALID_ARGUMENT' } }, 'rejected', 10],
    // It waits for half of the time, and no longer.
    ['says nothing', { text: 'I thi', silentAfter: 0 }, 'timeout', 1],
    ['is cut', { text: 'I think that', cutAfter: 1 }, '', 10],
  ])('%s: what was found is answered, and what was spent is paid', async (_name, failing, kind, seconds) => {
    environment.MODEL_TIMEOUT_SECONDS = seconds;
    await bench.change(person, 'budget_usd_per_day', 5);
    bench.play(failing);
    const answered = await bench.ask(person, { query: 'Who leads Atlas?' });
    expect(answered).toMatchObject({
      status: 200,
      body: { retrieval: 'search_only', ended_by: 'model_failed', detail: expect.stringContaining(kind), answer: null },
    });
    expect(answered.body.items[0].text).toContain('Atlas');
    await bench.expectPaid(person, answered);
  });

  test('after it has read: the trace tells what, and a try that fails and then succeeds is one turn', async () => {
    bench.play(read('read_entity', { path: ATLAS }), { failure: { status: 400, code: 'INVALID_ARGUMENT' } });
    const { body } = await bench.ask(person, { query: 'Who leads Atlas?' });
    expect(body).toMatchObject({
      ended_by: 'model_failed',
      turns: 1,
      steps: [{ turn: 0 }, { turn: 1, tool: 'read_entity' }],
    });
    bench.play({ failure: { status: 503 } }, citing('Ines.', 'led by Ines Duarte'));
    const again = await bench.ask(person, { query: 'Who leads Atlas?' });
    expect(again.body).toMatchObject({ ended_by: 'answered', turns: 1 });
  });

  test('refuses: said as that', async () => {
    bench.play({ text: 'no', finish: 'refused' });
    expect((await bench.ask(person, { query: 'Who leads Atlas?' })).body).toMatchObject({
      ended_by: 'refused',
      answer: null,
    });
  });

  test('is too slow for the time of the search: it is stopped', async () => {
    bench.play({ text: 'wait', chunks: Array.from({ length: 1000 }, () => 'wait '), chunkDelayMs: 20 });
    const answered = await bench.ask(person, { query: 'Who leads Atlas?', timeout_seconds: 1 });
    expect(answered.body).toMatchObject({
      ended_by: 'time',
      detail: 'The time limit of the search is over.',
      answer: null,
    });
    await bench.expectPaid(person, answered);
  });

  test('when the caller leaves, the model’s answer is cut off, what it did is paid and nothing stays put aside', async () => {
    await bench.change(person, 'budget_usd_per_day', 5);
    bench.play(read('read_entity', { path: ATLAS }), { text: 'thinking', isEndless: true, chunkDelayMs: 5 });
    const leaving = new AbortController();
    const asked = fetch(`${bench.server.url}${PATH}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'Who leads Atlas?' }),
      signal: leaving.signal,
    }).catch((error: unknown) => error);
    while (bench.gemini.requests.length < 2) await sleep(5);
    expect((await bench.billOf(person)).reserved).toBe(1);
    leaving.abort();
    expect(await asked).toMatchObject({ name: 'AbortError' });
    while (!bench.gemini.requests[1]?.isAborted) await sleep(5);
    while ((await bench.billOf(person)).reserved > 0) await sleep(5);
    expect(Number((await bench.billOf(person)).cost)).toBeGreaterThan(0);
    expect(bench.gemini.requests).toHaveLength(2);
  });
});
