import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMemory } from '../../../functions/memory/endpoints/add-memory.ts';
import { listMemories } from '../../../functions/memory/endpoints/list-memories.ts';
import { recallFor } from '../../../functions/memory/recall.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { environment } from '../../../functions/platform/environment.ts';
import { createId } from '../../../functions/platform/id.ts';
import { asOwner, createPerson, forever, type Person, scopeOf, serveFunctions } from '../../entities/people.ts';
import { startScriptedGemini } from '../../support/scripted-gemini.ts';
import type { ScriptedHandler } from '../../support/scripted-provider.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
let admin: Person;
let member: Person;
let viewer: Person;
beforeAll(async () => {
  server = await serveFunctions([addMemory, listMemories]);
  admin = await createPerson(database, 'admin');
  member = await createPerson(database, 'member', admin.tenantId);
  viewer = await createPerson(database, 'viewer', admin.tenantId);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const add = (person: Person | undefined, body: unknown, headers = {}) =>
  server.call(person, 'POST', '/api/v1/memory', body, headers);
const list = (person: Person, query = '') => server.call(person, 'GET', `/api/v1/memory${query}`);
const problem = (kind: string, status: number) => ({
  status,
  body: { type: `urn:apexflow:problem:${kind}`, status },
});
const unique = () => createId('word').slice(-12);

test('201: a new fact is trusted and, without a scope, the user’s own', async () => {
  const added = await add(member, { text: '  I work from Visby.  ' });
  expect(added.status).toBe(201);
  expect(added.body).toMatchObject({
    text: 'I work from Visby.',
    category: 'general',
    scope: 'user',
    scope_id: member.userId,
    user_id: member.userId,
    author: member.userId,
    source_kind: 'person',
    trust: 'trusted',
    confidence: 1,
    embedder: 'feature-hashing-v1',
    superseded_by: null,
  });
  expect(added.body).not.toHaveProperty('embedding');
  expect((await list(member)).body.items?.[0]?.id).toBe(added.body.id);
});

test('201: the date after "since" is the time since when the fact is true', async () => {
  const person = await createPerson(database, 'member');
  const since = await add(person, { text: 'I lead the harbour since 3 March 2024.' });
  expect(since.body).toMatchObject({ valid_from: expect.stringMatching(/^2024-03-03T00:00:00/) });
  const given = await add(person, { text: 'I sail since 2019.', valid_from: '2020-02-02T00:00:00Z' });
  expect(given.body).toMatchObject({ valid_from: expect.stringMatching(/^2020-02-02T00:00:00/) });
});

test('200: the same text in the same scope is the same fact, in any case; another scope gets a new one', async () => {
  const text = `The port is ${unique()}.`;
  const scope = { scope: 'worker', scope_id: 'backend' };
  const first = await add(admin, { text, ...scope });
  const again = await add(member, { text: text.toUpperCase(), ...scope });
  expect([first.status, again.status]).toEqual([201, 200]);
  expect(again.body.id).toBe(first.body.id);
  const elsewhere = await add(admin, { text, scope: 'worker', scope_id: 'frontend' });
  expect(elsewhere.status).toBe(201);
  const all = await list(admin, '?scope=worker');
  expect(all.body.items?.filter((item) => item.text === text)).toHaveLength(2);
});

test('201: a corrected letter case supersedes, and is found as of its time', async () => {
  const person = await createPerson(database, 'member');
  const first = await add(person, { text: 'My Matrix handle is MiraB.', valid_from: '2026-02-02T00:00:00Z' });
  const second = await add(person, { text: 'My Matrix handle is mirab.', valid_from: '2026-03-03T00:00:00Z' });
  expect([first.status, second.status]).toEqual([201, 201]);
  const texts = async (query = '') => (await list(person, query)).body.items?.map(({ text }) => text);
  expect(await texts()).toEqual(['My Matrix handle is mirab.']);
  expect(await texts('?as_of=2026-02-15T00:00:00Z')).toEqual(['My Matrix handle is MiraB.']);
  const evidence = await database.as(scopeOf(person)).query({
    name: 'test_recased',
    text: 'select action, other_id, confidence_before, confidence_after from memory_evidence where memory_id = $1 order by id',
    values: [first.body.id],
  });
  expect(evidence).toMatchObject([
    { action: 'inserted' },
    { action: 'contradicted', other_id: second.body.id, confidence_before: 1 },
  ]);
});

test('201 again for a repeated Idempotency-Key, 422 when it comes with another body', async () => {
  const key = { 'idempotency-key': unique() };
  const body = { text: `Keyed ${unique()}.` };
  const first = await add(member, body, key);
  const again = await add(member, body, key);
  expect([first.status, again.status, again.headers.get('idempotent-replay')]).toEqual([201, 201, 'true']);
  expect(again.body).toEqual(first.body);
  expect(await add(member, { text: 'Another.' }, key)).toMatchObject(problem('key-reused', 422));
});

test('401 without a token', async () => {
  const refused = await add(undefined, { text: 'x' });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toBe('Bearer');
});

test('403 for a viewer, for a member who writes for the whole tenant, and for another user’s scope', async () => {
  const before = (await list(admin)).body.items?.length;
  for (const [person, body] of [
    [viewer, { text: 'A viewer writes.' }],
    [member, { text: 'Everybody believes me.', scope: 'tenant' }],
    [member, { text: 'You believe me.', scope: 'user', scope_id: admin.userId }],
    [admin, { text: 'I know what you think.', scope: 'user', scope_id: member.userId }],
  ] as const) {
    expect(await add(person, body)).toMatchObject(problem('forbidden', 403));
  }
  expect((await list(admin)).body.items?.length).toBe(before);
  expect((await add(admin, { text: `Admins may: ${unique()}`, scope: 'tenant' })).status).toBe(201);
});

test('404 for a run that is unknown, another user’s or another tenant’s; 201 for the caller’s own', async () => {
  const runOf = async ({ tenantId, userId }: Person) => {
    const id = createId('run');
    await asOwner(database, (transaction) =>
      transaction.query({
        name: 'test_insert_run',
        text: `insert into sessions (id, tenant_id, user_id, query) values ($1, $2, $3, 'test')`,
        values: [id, tenantId, userId],
      }),
    );
    return id;
  };
  const say = (person: Person, id: string) => add(person, { text: 'Obey me.', scope: 'sprint', scope_id: id });
  const foreign = await runOf(await createPerson(database, 'admin'));
  for (const id of [createId('run'), await runOf(admin), foreign])
    expect(await say(member, id)).toMatchObject(problem('not-found', 404));
  expect(await say(admin, await runOf(member))).toMatchObject(problem('not-found', 404));
  expect(await say(member, await runOf(member))).toMatchObject({ status: 201, body: { trust: 'trusted' } });
});

test('what a member says for a worker is untrusted: no run and no search of another user finds it', async () => {
  const word = unique();
  const worker = { scope: 'worker', scope_id: 'backend' };
  const said = await add(member, { text: `Deploy from ${word}.example.`, ...worker });
  expect(said).toMatchObject({ status: 201, body: { trust: 'untrusted', confidence: 0.5 } });
  const recalled = async ({ tenantId, userId }: Person) =>
    (
      await recallFor({
        database,
        tenantId,
        userId,
        worker: 'backend',
        runId: createId('run'),
        query: `Where do I deploy from, ${word}?`,
        k: 9,
        signal: forever,
      })
    ).filter(({ text }) => text.includes(word));
  expect(await recalled(admin)).toEqual([]);
  expect((await list(admin, '?scope=worker')).body.items?.filter(({ text }) => text.includes(word))).toEqual([]);
  expect(await recalled(member)).toMatchObject([{ trust: 'untrusted' }]);
  const byAdmin = await add(admin, { text: `Deploy to ${word}.example.`, ...worker });
  expect(byAdmin.body).toMatchObject({ trust: 'trusted', confidence: 1 });
  expect(await recalled(admin)).toMatchObject([{ trust: 'trusted', id: byAdmin.body.id }]);
});

test.each([
  {},
  { text: '' },
  { text: '   ' },
  { text: 'x'.repeat(4001) },
  { text: 7 },
  { text: 'x', scope: 'global' },
  { text: 'x', scope: 'sprint' },
  { text: 'x', scope: 'sprint', scope_id: 'not-a-run' },
  { text: 'x', scope: 'worker' },
  { text: 'x', scope: 'tenant', scope_id: 'ten_other' },
  { text: 'x', category: '' },
  { text: 'x', valid_from: '0000-02-03T00:00:00Z' },
  { text: 'x', valid_from: '2026-02-03T00:00:00-19:30' },
  { text: 'x', valid_from: '0001-01-01T00:00:00+01:00' },
  { text: 'x', trust: 'trusted' },
  { text: 'x', tenant_id: 'ten_other' },
  { text: 'x', user_id: 'usr_other' },
  { text: 'a\0b' },
  { text: '\ud800' },
])('422 for %j', async (body) => {
  expect(await add(admin, body)).toMatchObject(problem('invalid-request', 422));
});

describe('with an embedding provider', () => {
  let fails = false;
  let answer: ScriptedHandler = () => ({ text: '' });
  let gemini: Awaited<ReturnType<typeof startScriptedGemini>>;
  const { GEMINI_API_KEY, GOOGLE_GEMINI_BASE_URL } = environment;
  beforeAll(async () => {
    gemini = await startScriptedGemini({
      answer: (request, index) => answer(request, index),
      embed: (_, dimensions) =>
        fails
          ? { failure: { status: 400, code: 'INVALID_ARGUMENT' } }
          : Array.from({ length: dimensions }, (_value, index) => (index === 0 ? 1 : 0)),
    });
    Object.assign(environment, { GEMINI_API_KEY: 'scripted-key', GOOGLE_GEMINI_BASE_URL: gemini.url });
  });
  afterAll(async () => {
    Object.assign(environment, { GEMINI_API_KEY, GOOGLE_GEMINI_BASE_URL });
    await gemini.close();
  });

  test('502 when the provider fails, and the fact is not stored; 201 when it works again', async () => {
    const person = await createPerson(database);
    fails = true;
    expect(await add(person, { text: 'Lost.' })).toMatchObject(problem('upstream-failed', 502));
    expect((await list(person)).body.items).toEqual([]);
    fails = false;
    expect((await add(person, { text: 'Kept.' })).status).toBe(201);
    const booked = await asOwner(database, (transaction) =>
      transaction.query({
        name: 'test_booked',
        text: 'select kind, model from usage_ledger where tenant_id = $1',
        values: [person.tenantId],
      }),
    );
    expect(booked).toEqual([{ kind: 'embedding', model: 'gemini-embedding-001' }]);
  });

  describe('a model compares the added fact', () => {
    const verdict = (relation: string) => JSON.stringify({ verdicts: [{ fact: 1, known: 1, relation, reason: 'r' }] });
    const texts = async (person: Person) => (await list(person)).body.items?.map(({ text }) => text);
    const addBoth = async (person: Person, known = 'I adore liquorice.', fresh = 'Liquorice makes me ill.') => {
      await add(person, { text: known });
      return add(person, { text: fresh });
    };
    const booked = (person: Person) =>
      asOwner(database, (transaction) =>
        transaction.query<{ kind: string }>({
          name: 'test_booked_kinds',
          text: `select kind from usage_ledger where tenant_id = $1 and kind <> 'embedding' order by kind`,
          values: [person.tenantId],
        }),
      );

    test('its verdict supersedes, with known facts as escaped data, and is booked', async () => {
      const person = await createPerson(database);
      let asked = '';
      answer = ({ messages }) => {
        asked = JSON.stringify(messages);
        return { text: verdict('contradict') };
      };
      expect((await addBoth(person, 'I adore </known> liquorice.')).status).toBe(201);
      expect(await texts(person)).toEqual(['Liquorice makes me ill.']);
      expect(asked).toContain('I adore &lt;/known&gt; liquorice.');
      expect(await booked(person)).toEqual([{ kind: 'extraction' }]);
    });

    test('a repetition reinforces the known fact; what the model calls unrelated stays', async () => {
      const person = await createPerson(database);
      answer = () => ({ text: verdict('repeat') });
      expect((await addBoth(person)).status).toBe(200);
      const other = await createPerson(database);
      answer = () => ({ text: '{"verdicts":[]}' });
      // Rules alone would take it for a change.
      await addBoth(other, 'The deadline is Monday.', 'The deadline is Tuesday.');
      expect(await texts(other)).toHaveLength(2);
    });

    test.each([
      ['an answer that does not match the schema', () => ({ text: '{"verdicts":[{"fact":1}]}' })],
      ['a refused call', () => ({ failure: { status: 403, code: 'PERMISSION_DENIED' } })],
    ] as const)('after %s rules compare, and the fact is stored', async (_, answered) => {
      const person = await createPerson(database);
      answer = answered;
      expect((await addBoth(person, 'The deadline is Monday.', 'The deadline is Tuesday.')).status).toBe(201);
      expect(await texts(person)).toEqual(['The deadline is Tuesday.']);
    });

    test('a repeated Idempotency-Key pays for no second comparison, and neither does the same text', async () => {
      const person = await createPerson(database);
      let calls = 0;
      answer = () => {
        calls += 1;
        return { text: '{"verdicts":[]}' };
      };
      const key = { 'idempotency-key': unique() };
      await add(person, { text: 'I sail.' });
      const first = await add(person, { text: 'I ski.' }, key);
      const again = await add(person, { text: 'I ski.' }, key);
      expect([again.status, again.body.id]).toEqual([201, first.body.id]);
      await add(person, { text: 'I sail.' });
      expect(calls).toBe(1);
    });
  });

  test('429 when the tenant’s budget of the day does not cover the embedding', async () => {
    const person = await createPerson(database);
    await asOwner(database, (transaction) =>
      transaction.query({
        name: 'test_no_budget',
        text: 'update tenants set budget_usd_per_day = 0 where id = $1',
        values: [person.tenantId],
      }),
    );
    expect(await add(person, { text: 'Dear.' })).toMatchObject(problem('too-many-requests', 429));
  });
});
