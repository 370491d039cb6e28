import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { ATLAS, createFile, MAYA, rememberAtlas, rememberSession, textOf } from './fixtures.ts';
import { citing, PATH, read, type Scripted, type SearchServer, searching, startSearchServer } from './search-server.ts';

let searchServer: SearchServer;
beforeAll(async () => {
  searchServer = await startSearchServer();
});
beforeEach(() => searchServer.reset());
afterAll(() => searchServer.close());

describe('limits', () => {
  test('shows at most max_tokens of memory; then the model can only answer', async () => {
    const person = await createPerson(searchServer.database, 'member');
    const long = Array.from({ length: 40 }, (_, index) => `Line ${index} of the long story about the harbour.`).join(
      '\n',
    );
    await rememberSession(searchServer.database, person, {
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
    searchServer.script(
      read('read_entity', { path: MAYA }),
      read('read_entity', { path: MAYA, from_line: 60 }),
      citing('Long.', 'of the long story'),
    );
    const { body } = await searchServer.ask(person, { query: 'The story of the harbour?', max_tokens: 2000 });
    expect(body).toMatchObject({ ended_by: 'answered', tokens: { max: 2000 } });
    expect(body.tokens.read).toBeLessThanOrEqual(2000);
    expect(body.tokens.read).toBeGreaterThan(1000);
    const last = searchServer.gemini.requests.at(-1);
    expect(last?.tools.map(({ name }) => name)).toEqual(['answer']);
    expect(textOf(last)).toContain('You have read as much as this search may read');
  });

  test('makes no call that budget_usd does not cover, and returns the hits', async () => {
    const person = await createPerson(searchServer.database, 'member');
    await rememberAtlas(searchServer.database, person);
    const nothing = await searchServer.ask(person, { query: 'Who leads Atlas?', budget_usd: 0 });
    expect(nothing).toMatchObject({
      status: 200,
      body: { retrieval: 'search_only', ended_by: 'budget', cost_usd: '0', turns: 0, answer: null },
    });
    expect(nothing.body.items[0].text).toContain('Atlas');
    expect([searchServer.gemini.requests.length, (await searchServer.billOf(person)).lines]).toEqual([0, 0]);
    // Covers one turn, but not a second.
    searchServer.script(searching({ usage: { input: 100_000, output: 100 } }));
    const some = await searchServer.ask(person, { query: 'Who leads Atlas?', budget_usd: 0.06 });
    expect(some.body).toMatchObject({ ended_by: 'budget', turns: 1 });
    expect(Number(some.body.cost_usd)).toBeGreaterThan(0);
    await searchServer.expectPaid(person, some);
  });

  test('calls no model over the tenant’s budget of the day, and searches by text', async () => {
    const person = await createPerson(searchServer.database, 'member');
    await rememberAtlas(searchServer.database, person);
    await searchServer.updateTenant(person, 'budget_usd_per_day', 0);
    const answered = await searchServer.ask(person, { query: 'Who leads Atlas?' });
    expect(answered).toMatchObject({
      status: 200,
      body: {
        retrieval: 'search_only',
        ended_by: 'day_budget',
        detail: expect.stringMatching(
          /^The tenant's budget of the day \(UTC\) does not cover the next call: spent 0, .*\.$/,
        ),
        cost_usd: '0',
      },
    });
    expect(answered.body.items.length).toBeGreaterThan(0);
    expect(searchServer.gemini.requests).toEqual([]);
    // With a budget, the reservations are released.
    await searchServer.updateTenant(person, 'budget_usd_per_day', 5);
    searchServer.script(citing('Ines.', 'led by Ines Duarte'));
    const paid = await searchServer.ask(person, { query: 'Who leads Atlas?' });
    expect(paid.body.ended_by).toBe('answered');
    await searchServer.expectPaid(person, paid);
  });
});

describe('a model that fails', () => {
  let person: Person;
  beforeEach(async () => {
    person = await createPerson(searchServer.database, 'member');
    await rememberAtlas(searchServer.database, person);
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
    // The timeout of one call is half of the search's time.
    ['says nothing', { text: 'I thi', silentAfter: 0 }, 'timeout', 1],
    ['is cut', { text: 'I think that', cutAfter: 1 }, '', 10],
  ])('%s: returns the hits and books the cost', async (_name, failing, kind, seconds) => {
    environment.MODEL_TIMEOUT_SECONDS = seconds;
    await searchServer.updateTenant(person, 'budget_usd_per_day', 5);
    searchServer.script(failing);
    const answered = await searchServer.ask(person, { query: 'Who leads Atlas?' });
    expect(answered).toMatchObject({
      status: 200,
      body: { retrieval: 'search_only', ended_by: 'model_failed', detail: expect.stringContaining(kind), answer: null },
    });
    expect(answered.body.items[0].text).toContain('Atlas');
    await searchServer.expectPaid(person, answered);
  });

  test('fails after it has read: the trace contains the calls; a retry that succeeds is one turn', async () => {
    searchServer.script(read('read_entity', { path: ATLAS }), { failure: { status: 400, code: 'INVALID_ARGUMENT' } });
    const { body } = await searchServer.ask(person, { query: 'Who leads Atlas?' });
    expect(body).toMatchObject({
      ended_by: 'model_failed',
      turns: 1,
      steps: [{ turn: 0 }, { turn: 1, tool: 'read_entity' }],
    });
    searchServer.script({ failure: { status: 503 } }, citing('Ines.', 'led by Ines Duarte'));
    const again = await searchServer.ask(person, { query: 'Who leads Atlas?' });
    expect(again.body).toMatchObject({ ended_by: 'answered', turns: 1 });
  });

  test('refuses: ended_by is `refused`', async () => {
    searchServer.script({ text: 'no', finish: 'refused' });
    expect((await searchServer.ask(person, { query: 'Who leads Atlas?' })).body).toMatchObject({
      ended_by: 'refused',
      answer: null,
    });
  });

  test('is too slow for timeout_seconds: its call is aborted', async () => {
    searchServer.script({ text: 'wait', chunks: Array.from({ length: 1000 }, () => 'wait '), chunkDelayMs: 20 });
    const answered = await searchServer.ask(person, { query: 'Who leads Atlas?', timeout_seconds: 1 });
    expect(answered.body).toMatchObject({
      ended_by: 'time',
      detail: 'The time limit of the search is over.',
      answer: null,
    });
    await searchServer.expectPaid(person, answered);
  });

  test('when the caller disconnects, the call is aborted, booked, and no reservation stays open', async () => {
    await searchServer.updateTenant(person, 'budget_usd_per_day', 5);
    searchServer.script(read('read_entity', { path: ATLAS }), { text: 'thinking', isEndless: true, chunkDelayMs: 5 });
    const leaving = new AbortController();
    const asked = fetch(`${searchServer.server.url}${PATH}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'Who leads Atlas?' }),
      signal: leaving.signal,
    }).catch((error: unknown) => error);
    await expect.poll(() => searchServer.gemini.requests.length).toBe(2);
    expect((await searchServer.billOf(person)).reserved).toBe(1);
    leaving.abort();
    expect(await asked).toMatchObject({ name: 'AbortError' });
    await expect.poll(() => searchServer.gemini.requests[1]?.isAborted).toBe(true);
    await expect.poll(async () => (await searchServer.billOf(person)).reserved).toBe(0);
    expect(Number((await searchServer.billOf(person)).cost)).toBeGreaterThan(0);
    expect(searchServer.gemini.requests).toHaveLength(2);
  });
});
