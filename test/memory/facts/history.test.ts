import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveSession } from '../../../functions/entities/session.ts';
import { addMemory } from '../../../functions/memory/endpoints/add-memory.ts';
import { deleteMemory } from '../../../functions/memory/endpoints/delete-memory.ts';
import { listMemories } from '../../../functions/memory/endpoints/list-memories.ts';
import { searchMemory } from '../../../functions/memory/endpoints/search-memory.ts';
import { learnFromSession } from '../../../functions/memory/learn.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import {
  asOwner,
  createPerson,
  forever,
  insertFacts,
  type Person,
  scopeOf,
  serveFunctions,
} from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([addMemory, deleteMemory, listMemories, searchMemory]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const tell = (person: Person, text: string, more: object = {}) =>
  server.call(person, 'POST', '/api/v1/memory', { text, ...more });
const known = async (person: Person, asOf?: string) => {
  const { body } = await server.call(person, 'GET', `/api/v1/memory${asOf === undefined ? '' : `?as_of=${asOf}`}`);
  return body.items?.map(({ text }) => text);
};
const evidenceOf = (person: Person, memoryId: string | undefined) =>
  database.as(scopeOf(person)).query<{
    action: string;
    other_id: string | null;
    reason: string | null;
    confidence_before: number;
    confidence_after: number;
  }>({
    name: 'test_evidence',
    text: 'select action, other_id, reason, confidence_before, confidence_after from memory_evidence where memory_id = $1 order by id',
    values: [memoryId],
  });

test('a fact of March that is corrected in May is found as of April and replaced today, with its source', async () => {
  const person = await createPerson(database, 'member');
  const march = await tell(person, 'I live in Paris.', { valid_from: '2026-03-03T10:00:00Z' });
  const may = await tell(person, 'I moved to Berlin.', { valid_from: '2026-05-05T10:00:00Z' });
  expect([march.status, may.status]).toEqual([201, 201]);
  expect(await known(person)).toEqual(['I moved to Berlin.']);
  expect(await known(person, '2026-04-15T00:00:00Z')).toEqual(['I live in Paris.']);
  expect(await known(person, '2026-02-01T00:00:00Z')).toEqual([]);
  const ask = (body: object) =>
    server.call(person, 'POST', '/api/v1/memory/search', { query: 'Where do I live, Paris or Berlin?', ...body });
  expect((await ask({})).body.items).toMatchObject([
    { text: 'I moved to Berlin.', source_kind: 'person', author: person.userId },
  ]);
  expect((await ask({ as_of: '2026-04-15T00:00:00Z' })).body.items).toMatchObject([
    { text: 'I live in Paris.', source_kind: 'person', superseded_by: may.body.id },
  ]);
  expect(await evidenceOf(person, march.body.id)).toMatchObject([
    { action: 'inserted' },
    { action: 'contradicted', other_id: may.body.id, reason: 'Both say "i lives in".', confidence_before: 1 },
  ]);
});

test('a fact that is added late becomes the older one', async () => {
  const person = await createPerson(database, 'member');
  await tell(person, 'The deadline of the launch is 9 May.', { valid_from: '2026-05-01T00:00:00Z' });
  await tell(person, 'The deadline of the launch is 2 April.', { valid_from: '2026-03-01T00:00:00Z' });
  expect(await known(person)).toEqual(['The deadline of the launch is 9 May.']);
  expect(await known(person, '2026-04-01T00:00:00Z')).toEqual(['The deadline of the launch is 2 April.']);
});

test('a fact that is true again is current again', async () => {
  const person = await createPerson(database, 'member');
  for (const [text, day] of [
    ['I live in Paris.', '2026-01-01'],
    ['I live in Berlin.', '2026-02-01'],
    ['I live in Paris.', '2026-03-01'],
  ])
    expect((await tell(person, text ?? '', { valid_from: `${day}T00:00:00Z` })).status).toBe(201);
  expect(await known(person)).toEqual(['I live in Paris.']);
  expect(await known(person, '2026-02-15T00:00:00Z')).toEqual(['I live in Berlin.']);
  expect(await known(person, '2026-01-15T00:00:00Z')).toEqual(['I live in Paris.']);
});

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

test('a planned fact leaves what holds today, in the list and in the search, and holds from its day on', async () => {
  const person = await createPerson(database, 'member');
  for (const [today, plan, more] of [
    ['The port of the API is 8000.', 'The port of the API is 9000.', { valid_from: inDays(20) }],
    ['I work for Acme.', 'Starting next Monday I work for Beta.', {}],
  ] as const) {
    await tell(person, today);
    await tell(person, plan, more);
    const search = async (asOf?: string) =>
      (
        await server.call(person, 'POST', '/api/v1/memory/search', {
          query: plan,
          ...(asOf === undefined ? {} : { as_of: asOf }),
        })
      ).body.items?.map(({ text }) => text);
    expect(await known(person)).toContain(today);
    expect(await known(person)).not.toContain(plan);
    expect(await search()).not.toContain(plan);
    expect(await known(person, inDays(30))).toContain(plan);
    expect(await search(inDays(30))).not.toContain(today);
  }
  // A fact of today does not end the plan.
  await tell(person, 'The port of the API is 8080.');
  expect(await known(person)).toContain('The port of the API is 8080.');
  expect(await known(person, inDays(30))).toContain('The port of the API is 9000.');
});

test('a fact that was stated again holds again after a fact of the time between, which comes last', async () => {
  const person = await createPerson(database, 'member');
  const first = await tell(person, 'I live in Lima.', { valid_from: '2026-01-01T00:00:00Z' });
  const again = await tell(person, 'I live in Lima.', { valid_from: '2026-05-01T00:00:00Z' });
  expect([again.status, again.body.id]).toEqual([200, first.body.id]);
  await tell(person, 'I live in Quito.', { valid_from: '2026-03-01T00:00:00Z' });
  expect(await known(person, '2026-02-01T00:00:00Z')).toEqual(['I live in Lima.']);
  expect(await known(person, '2026-04-01T00:00:00Z')).toEqual(['I live in Quito.']);
  expect(await known(person)).toEqual(['I live in Lima.']);
});

test('deleting a fact restores what it had superseded, with its confidence', async () => {
  const person = await createPerson(database, 'member');
  const days = ['2026-01-01', '2026-03-01', '2026-05-01'];
  const ids: (string | undefined)[] = [];
  for (const [at, city] of ['Lima', 'Quito', 'Cusco'].entries())
    ids.push((await tell(person, `I live in ${city}.`, { valid_from: `${days[at]}T00:00:00Z` })).body.id);
  const remove = (at: number) => server.call(person, 'DELETE', `/api/v1/memory/${ids[at]}`);
  expect((await remove(1)).status).toBe(204);
  expect(await known(person, '2026-04-01T00:00:00Z')).toEqual(['I live in Lima.']);
  expect((await remove(2)).status).toBe(204);
  const { items } = (await server.call(person, 'GET', '/api/v1/memory')).body;
  expect(items).toMatchObject([{ text: 'I live in Lima.', valid_to: null, superseded_by: null, confidence: 1 }]);
});

test('concurrent facts of one chain are all placed in it', async () => {
  const person = await createPerson(database, 'member');
  const cities = ['Lima', 'Quito', 'Cusco', 'Bogota', 'Sucre'];
  await Promise.all(cities.map((city) => tell(person, `I live in ${city}.`)));
  expect(await known(person)).toHaveLength(1);
  const late = cities.map((city, at) =>
    tell(person, `I work for ${city}.`, { valid_from: `2026-0${at + 1}-01T00:00:00Z` }),
  );
  await Promise.all(late);
  for (const [at, city] of cities.entries())
    expect(await known(person, `2026-0${at + 1}-15T00:00:00Z`)).toEqual([`I work for ${city}.`]);
});

test('what a member says never replaces what an admin said, in whatever order', async () => {
  const admin = await createPerson(database, 'admin');
  const member = await createPerson(database, 'member', admin.tenantId);
  for (const [name, order] of [
    ['alpha', [0, 1, 2]],
    ['beta', [2, 1, 0]],
    ['gamma', [1, 2, 0]],
  ] as const) {
    const place = { scope: 'worker', scope_id: name };
    const facts = [
      [member, `The port of ${name} is 1000.`, '2026-01-01T00:00:00Z'],
      [admin, `The port of ${name} is 2000.`, '2026-02-01T00:00:00Z'],
      [member, `The port of ${name} is 3000.`, '2026-03-01T00:00:00Z'],
    ] as const;
    for (const at of order) {
      const [person, text, from] = facts[at] ?? facts[0];
      await tell(person, text, { ...place, valid_from: from });
    }
    const at = async (asOf: string) =>
      (await known(member, asOf))
        ?.filter((text) => text.includes(name))
        .map((text) => text.slice(-5))
        .toSorted();
    expect([name, await at('2026-01-15T00:00:00Z')]).toEqual([name, ['1000.']]);
    expect([name, await at('2026-02-15T00:00:00Z')]).toEqual([name, expect.arrayContaining(['2000.'])]);
    // The member's fact for a worker is untrusted and does not replace the admin's.
    expect([name, await at('2026-03-15T00:00:00Z')]).toEqual([name, ['2000.', '3000.']]);
  }
});

test('a refinement supersedes, another wording reinforces, an unrelated fact stays', async () => {
  const person = await createPerson(database, 'member');
  const first = await tell(person, 'Carts are stored in Redis.');
  const finer = await tell(person, 'Carts are stored in Redis because they expire.');
  expect((await evidenceOf(person, first.body.id)).map(({ action }) => action)).toEqual(['inserted', 'refined']);
  const again = await tell(person, 'Carts are now stored in Redis!');
  expect([again.status, again.body.id]).toEqual([200, finer.body.id]);
  await tell(person, 'The API is written in Go.');
  await tell(person, 'The API is fast.');
  expect(await known(person)).toEqual([
    'The API is fast.',
    'The API is written in Go.',
    'Carts are stored in Redis because they expire.',
  ]);
});

test('a member’s contradiction of another user’s fact is recorded as a dispute; an admin’s supersedes it', async () => {
  const admin = await createPerson(database, 'admin');
  const member = await createPerson(database, 'member', admin.tenantId);
  const place = { scope: 'worker', scope_id: 'backend' };
  const first = await tell(admin, 'The port of the API is 8000.', place);
  const other = await tell(member, 'The port of the API is 9000.', place);
  expect((await known(member))?.length).toBe(2);
  expect(await evidenceOf(member, first.body.id)).toMatchObject([
    { action: 'inserted' },
    { action: 'disputed', other_id: other.body.id },
  ]);
  await tell(admin, 'The port of the API is 7000.', place);
  expect(await known(member)).toEqual(['The port of the API is 7000.']);
});

test('a run’s fact supersedes facts of runs but no user’s fact, from the day of its session', async () => {
  const person = await createPerson(database, 'admin');
  await insertFacts(database, person, ['We decided that the framework is Vue.'], {
    scope: 'worker',
    scopeId: 'frontend',
  });
  const report = (text: string) => ({
    task: 'Build it.',
    reports: [{ worker: 'frontend', text }],
    model: { provider: 'rehearsal' as const, model: 'rehearsal-1' },
  });
  const learn = async (text: string, day: string) => {
    const runId = createId('run');
    const { tenantId, userId } = person;
    await database
      .as({ kind: 'tenant', tenantId })
      .transaction((transaction) =>
        archiveSession(transaction, { tenantId, userId, runId, kind: 'sprint', material: report(text) }),
      );
    await asOwner(database, (transaction) =>
      transaction.query({
        name: 'test_date_session',
        text: 'update memory_sessions set created_at = $2 where id = $1',
        values: [runId, day],
      }),
    );
    await learnFromSession({ database, tenantId, runId, signal: forever });
  };
  await learn('The default framework must be React.', '2026-03-03T10:00:00Z');
  await learn('We decided that the framework is Svelte.', '2026-04-03T10:00:00Z');
  await learn('The note that the port of the API must be 8000.', '2026-04-03T10:00:00Z');
  const facts = await database
    .as(scopeOf(person))
    .query<{ text: string; trust: string; superseded_by: string | null; valid_from: string }>({
      name: 'test_worker_facts',
      text: `select text, trust, superseded_by, valid_from from memories where scope = 'worker' order by valid_from`,
    });
  expect(facts.find(({ trust }) => trust === 'trusted')).toMatchObject({
    text: 'We decided that the framework is Vue.',
    superseded_by: null,
  });
  expect(facts.find(({ text }) => text.includes('Svelte'))?.valid_from).toContain('2026-04-03');
});

test('a fact that the same run repeats gains no confidence; another run adds a third of the distance to certainty', async () => {
  const person = await createPerson(database, 'admin');
  const run = createId('run');
  const say = (sourceId: string) =>
    insertFacts(database, person, ['Logs are JSON lines.'], {
      scope: 'worker',
      scopeId: 'backend',
      trust: 'untrusted',
      sourceKind: 'run',
      sourceId,
      author: 'backend',
      confidence: 0.5,
    });
  const confidence = async () =>
    (await server.call(person, 'GET', '/api/v1/memory')).body.items?.map((fact) => fact.confidence);
  await say(run);
  await say(run);
  expect(await confidence()).toEqual([expect.closeTo(0.5, 4)]);
  await say(createId('run'));
  expect(await confidence()).toEqual([expect.closeTo(2 / 3, 4)]);
});
