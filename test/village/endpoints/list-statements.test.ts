import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import type { Person } from '../../entities/people.ts';
import { createPeople, startVillage, untilLinked, type Village } from '../village-server.ts';

let village: Village;
let people: Record<'ada' | 'bo', Person>;
beforeAll(async () => {
  village = await startVillage();
  people = await createPeople(await openDatabase(), 'ada', 'bo');
});
afterAll(async () => {
  await village.close();
  await closeDatabase();
});

const search = (person: Person, query: string, more = '') =>
  village.as(person, 'GET', `/knowledge?query=${encodeURIComponent(query)}${more}`);
const unique = () => createId('word').slice(-12);

test('lists newest first, by page, and by realm, agent, thread, category and time', async () => {
  const person = (await createPeople(await openDatabase(), 'solo')).solo;
  const first = await village.say(person, 'One.', { agent: 'A', thread_title: 'T', category: 'plan' });
  const second = await village.say(person, 'Two.', { agent: 'B', realm: 'private' });
  await village.say(person, 'Three.', { agent: 'B', thread_id: first.thread_id });
  const list = (query: string) => village.read(person, `/knowledge?${query}`);
  const page = await village.as(person, 'GET', '/knowledge?limit=2');
  expect(page.body.items.map(({ content }: { content: string }) => content)).toEqual(['Three.', 'Two.']);
  expect(page.body.items[0]).not.toHaveProperty('score');
  expect(await list(`limit=2&cursor=${page.body.next_cursor}`)).toEqual(['One.']);
  expect(await list('realm=private')).toEqual(['Two.']);
  expect(await list(`agent=${second.agent.id}`)).toEqual(['Three.', 'Two.']);
  expect(await list('agent=B')).toEqual(['Three.', 'Two.']);
  expect(await list(`thread_id=${first.thread_id}`)).toEqual(['Three.', 'One.']);
  expect(await list('category=plan')).toEqual(['One.']);
  expect(await list(`since=${second.created_at}`)).toEqual(['Three.', 'Two.']);
  expect(await list(`until=${second.created_at}`)).toEqual(['One.']);
});

test('the name of several agents is refused with their ids', async () => {
  const { ada, bo } = people;
  const [one, other] = [await village.say(ada, 'x', { agent: 'Twin' }), await village.say(bo, 'y', { agent: 'Twin' })];
  const { status, body } = await village.as(ada, 'GET', '/knowledge?agent=Twin');
  expect(status).toBe(422);
  expect(body.detail).toContain(`${one.agent.id}, ${other.agent.id}`);
  expect(await village.read(ada, `/knowledge?agent=${other.agent.id}`)).toEqual(['y']);
});

test('finds a statement by its words before it is embedded, and says why', async () => {
  const word = unique();
  const { id } = await village.say(people.ada, `The harbour is called ${word}.`);
  const { body } = await search(people.bo, `harbour ${word}?`);
  expect(body.next_cursor).toBeNull();
  expect(body.items[0]).toMatchObject({
    id,
    score: expect.any(Number),
    why: { text_score: 1, bm25: expect.any(Number) },
  });
  await untilLinked(people.ada);
});

test('finds an embedded statement by its vector, without a common word', async () => {
  const { id } = await village.say(people.ada, 'Gatekeeper watches networks');
  const query = 'overgatekeeper unwatches renetworks';
  await untilLinked(people.ada);
  const { body } = await search(people.ada, query);
  expect(body.items[0]).toMatchObject({ id, why: { text_score: 0, vector_score: 1, similarity: expect.any(Number) } });
});

test('counts what a search shows', async () => {
  const word = unique();
  const { id } = await village.say(people.ada, `Counted ${word}.`);
  await untilLinked(people.ada);
  await search(people.bo, word);
  await search(people.ada, word);
  const { body } = await village.as(people.ada, 'GET', `/knowledge/${id}`);
  expect(body).toMatchObject({ access_count: 2, last_accessed_at: expect.any(String) });
});

test('a search has the same filters as a list', async () => {
  const word = unique();
  const one = await village.say(people.ada, `${word} in a thread.`, { agent: 'Ann', thread_title: word });
  await village.say(people.ada, `${word} for me.`, { realm: 'private', category: 'note' });
  await untilLinked(people.ada);
  const found = async (more: string) =>
    (await search(people.ada, word, more)).body.items
      .map(({ content }: { content: string }) => content)
      .filter((content: string) => content.startsWith(word));
  expect((await found('')).length).toBe(2);
  expect(await found(`&thread_id=${one.thread_id}`)).toEqual([`${word} in a thread.`]);
  expect(await found(`&agent=${one.agent.id}`)).toEqual([`${word} in a thread.`]);
  expect(await found('&realm=private')).toEqual([`${word} for me.`]);
  expect(await found('&category=note')).toEqual([`${word} for me.`]);
  expect(await found('&until=2020-01-01T00:00:00Z')).toEqual([]);
});

test('takes every character of a query as text', async () => {
  for (const query of ["' or 1=1 --", '% _ \\', 'a & b | !c :*', '<script>', '🦆'])
    expect(await search(people.ada, query)).toMatchObject({ status: 200 });
  for (const wrong of ['query=', 'realm=secret', 'since=yesterday', 'agent=nobody', 'limit=201', 'unknown=1'])
    expect(await village.as(people.ada, 'GET', `/knowledge?${wrong}`)).toMatchObject({ status: 422 });
});
