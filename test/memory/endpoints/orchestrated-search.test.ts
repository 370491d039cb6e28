import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createPerson } from '../../entities/people.ts';
import { rememberAtlas } from '../orchestrate/fixtures.ts';
import { NOT_TOLD, type SearchServer, startSearchServer } from '../orchestrate/search-server.ts';

let searchServer: SearchServer;
beforeAll(async () => {
  searchServer = await startSearchServer();
});
beforeEach(() => searchServer.reset());
afterAll(() => searchServer.close());

test('200 `search_only` with the hits when no model is configured', async () => {
  const person = await createPerson(searchServer.database, 'member');
  await rememberAtlas(searchServer.database, person);
  await searchServer.updateTenant(person, 'worker_config', { default: { provider: 'rehearsal', model: 'x' } });
  const { status, body } = await searchServer.ask(person, { query: 'Who leads Atlas?' });
  expect([status, body]).toMatchObject([
    200,
    {
      retrieval: 'search_only',
      ended_by: 'no_model',
      answer: null,
      confidence: null,
      citations: [],
      turns: 0,
      unanswered: false,
    },
  ]);
  expect(body.items[0].text).toContain('Atlas');
  expect(searchServer.gemini.requests).toEqual([]);
});

test('200 `empty` for an empty memory, without asking a model', async () => {
  const person = await createPerson(searchServer.database, 'viewer');
  expect(await searchServer.ask(person, { query: 'Who leads Atlas?' })).toMatchObject({
    status: 200,
    body: { ended_by: 'empty', retrieval: 'search_only', unanswered: true, items: [], answer: null },
  });
  expect(searchServer.gemini.requests).toEqual([]);
});

test('200: the tenant’s model for the worker `memory` goes before its default', async () => {
  const person = await createPerson(searchServer.database, 'member');
  await rememberAtlas(searchServer.database, person);
  await searchServer.updateTenant(person, 'worker_config', {
    default: { provider: 'rehearsal', model: 'x' },
    memory: { provider: 'gemini', model: 'gemini-3.8-flash-lite' },
  });
  searchServer.script(NOT_TOLD);
  await searchServer.ask(person, { query: 'Who leads Atlas?' });
  expect(searchServer.gemini.requests[0]?.model).toBe('gemini-3.8-flash-lite');
});

test('429 for the ninth concurrent search of a tenant, 200 for another tenant', async () => {
  const person = await createPerson(searchServer.database, 'member');
  const other = await createPerson(searchServer.database, 'member');
  for (const one of [person, other]) await rememberAtlas(searchServer.database, one);
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  searchServer.script(() => held.then(() => NOT_TOLD));
  const many = Array.from({ length: 9 }, () => searchServer.ask(person, { query: 'Who leads Atlas?' }));
  const refused = await Promise.race(many);
  expect(refused).toMatchObject({ status: 429, body: { type: 'urn:apexflow:problem:too-many-requests' } });
  expect(refused.headers.get('retry-after')).toBe('5');
  const free = searchServer.ask(other, { query: 'Who leads Atlas?' });
  await expect.poll(() => searchServer.gemini.requests.length).toBe(9);
  letGo();
  const statuses = (await Promise.all([...many, free])).map(({ status }) => status).sort();
  expect(statuses).toEqual([...Array.from({ length: 9 }, () => 200), 429]);
});

test('401 without a token, 422 for an invalid body', async () => {
  const person = await createPerson(searchServer.database, 'member');
  expect((await searchServer.ask(undefined, { query: 'x' })).status).toBe(401);
  for (const body of [
    {},
    { query: 'x', conversation: 'y' },
    { query: ' ' },
    { query: 'x'.repeat(2001) },
    { query: 'x', as_of: '2026-01-01' },
    { query: 'x', as_of: '0000-01-01T00:00:00Z' },
    { query: 'x', max_tokens: 1 },
    { query: 'x', max_turns: 13 },
    { query: 'x', budget_usd: -1 },
    { query: 'x', timeout_seconds: 0 },
    { query: 'x', kinds: [] },
    { query: 'x', user_id: 'usr_1' },
  ])
    expect([body, (await searchServer.ask(person, body)).status]).toEqual([body, 422]);
  expect((await searchServer.ask(person, { conversation: [] })).status).toBe(200);
});
