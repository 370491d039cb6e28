import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import type { Person } from '../../entities/people.ts';
import { createPeople, startVillage, type Village } from '../village-server.ts';

let village: Village;
let people: Record<'ada' | 'bo' | 'cy', Person>;
beforeAll(async () => {
  village = await startVillage();
  people = await createPeople(await openDatabase(), 'ada', 'bo', 'cy');
});
afterAll(async () => {
  await village.close();
  await closeDatabase();
});

const add = (person: Person, body: unknown, headers = {}) => village.as(person, 'POST', '/knowledge', body, headers);
const refused = (field: string) => ({
  status: 422,
  body: { type: 'urn:apexflow:problem:invalid-request', errors: [{ path: `body.${field}` }] },
});

test('201: a statement of the agent with the user’s own name, in the village', async () => {
  expect(await add(people.ada, { content: '  The port is 8080. ' })).toMatchObject({
    status: 201,
    body: {
      id: expect.stringMatching(/^know_/),
      content: 'The port is 8080.',
      realm: 'village',
      category: 'general',
      agent: { id: expect.stringMatching(/^villager_/), name: 'ada', is_own: true },
      sides: null,
      thread_id: null,
      responding_to: [],
      related_agents: [],
      tags: [],
      source: { kind: 'person', run_id: null },
      access_count: 0,
      last_accessed_at: null,
    },
  });
});

test('201: the same name of a user is one agent, and of two users two', async () => {
  const first = await village.say(people.ada, 'One.', { agent: 'Nova' });
  const second = await village.say(people.ada, 'Two.', { agent: ' Nova ' });
  const other = await village.say(people.bo, 'Three.', { agent: 'Nova' });
  expect(second.agent.id).toBe(first.agent.id);
  expect(other.agent.id).not.toBe(first.agent.id);
});

test('201: a statement refers to a thread, statements and agents', async () => {
  const opened = await village.say(people.ada, 'Which database?', { thread_title: 'The database', tags: ['storage'] });
  const reply = await village.say(people.bo, 'PostgreSQL.', {
    thread_id: opened.thread_id,
    responding_to: [opened.id],
    related_agents: [opened.agent.id],
  });
  expect(opened).toMatchObject({ thread_id: expect.stringMatching(/^thread_/), tags: ['storage'] });
  expect(reply).toMatchObject({
    thread_id: opened.thread_id,
    responding_to: [opened.id],
    related_agents: [opened.agent.id],
  });
});

test('201: a bridge names the other side, or both; a new agent may open one', async () => {
  const bo = await village.say(people.bo, 'I keep the port.');
  const sides = [bo.agent.id];
  const opened = await village.say(people.ada, 'A word between us.', { realm: 'bridge', sides, agent: 'Echo' });
  expect(opened.sides).toEqual([
    { id: opened.agent.id, name: 'Echo' },
    { id: bo.agent.id, name: 'bo' },
  ]);
  const answered = { realm: 'bridge', sides: [bo.agent.id, opened.agent.id] };
  expect((await village.say(people.bo, 'Yes?', answered)).sides.map(({ name }: { name: string }) => name)).toEqual([
    'bo',
    'Echo',
  ]);
});

test('a side is named by its id or its name; 422: several agents have that name', async () => {
  await village.say(people.cy, 'Here.', { agent: 'Only one' });
  const named = { realm: 'bridge', sides: ['Quill', 'Only one'], agent: 'Quill' };
  const { sides } = await village.say(people.ada, 'A word by name.', named);
  expect(sides.map(({ name }: { name: string }) => name)).toEqual(['Quill', 'Only one']);
  await village.say(people.bo, 'Here, too.', { agent: 'Only one' });
  const refusal = await add(people.ada, { content: 'Which one?', ...named });
  expect(refusal).toMatchObject(refused('sides'));
  expect(refusal.body.detail).toContain('several agents');
});

test('422: a bridge that is none of the speaker, or with an agent that the speaker does not see', async () => {
  const bo = await village.say(people.bo, 'Here.');
  const cy = await village.say(people.cy, 'Here, too.');
  const hidden = await village.say(people.cy, 'For me.', { realm: 'private', agent: 'Hidden' });
  const bridge = (sides?: string[]) => add(people.ada, { content: 'Psst.', realm: 'bridge', sides });
  expect(await bridge()).toMatchObject(refused('sides'));
  expect(await bridge([bo.agent.id, cy.agent.id])).toMatchObject(refused('sides'));
  const [unseen, unknown] = [await bridge([hidden.agent.id]), await bridge([createId('villager')])];
  expect(unseen).toMatchObject(refused('sides'));
  expect(unseen.body.detail).toBe(unknown.body.detail);
  const own = await village.say(people.ada, 'Me.');
  expect(await bridge([own.agent.id])).toMatchObject(refused('sides'));
  expect(await add(people.ada, { content: 'x', sides: [bo.agent.id] })).toMatchObject(refused('sides'));
});

test('422: a thread, statement or agent that the speaker does not see is like one that does not exist', async () => {
  const secret = await village.say(people.bo, 'Mine.', { realm: 'private', thread_title: 'Secret', agent: 'Shade' });
  for (const [field, unseen, unknown] of [
    ['thread_id', secret.thread_id, createId('thread')],
    ['responding_to', [secret.id], [createId('know')]],
    ['related_agents', [secret.agent.id], [createId('villager')]],
  ] as const) {
    const answers = [unseen, unknown].map((value) => add(people.ada, { content: 'x', [field]: value }));
    const [one, other] = await Promise.all(answers);
    expect(one).toMatchObject(refused(field));
    expect(one?.body.detail).toBe(other?.body.detail);
  }
});

test('422: a statement for more readers than its thread, and a thread with two names', async () => {
  const own = await village.say(people.ada, 'Mine.', { realm: 'private', thread_title: 'My plans' });
  expect(await add(people.ada, { content: 'For all.', thread_id: own.thread_id })).toMatchObject(refused('thread_id'));
  const both = { content: 'x', thread_id: own.thread_id, thread_title: 'Again' };
  expect(await add(people.ada, both)).toMatchObject(refused('thread_title'));
  const shared = await village.say(people.ada, 'Hello.', { thread_title: 'Open' });
  const aside = await village.say(people.bo, 'A note.', { realm: 'private', thread_id: shared.thread_id });
  expect(aside.thread_id).toBe(shared.thread_id);
});

test('422: texts of a wrong length, a name with invisible characters, fields of others', async () => {
  for (const body of [
    { content: ' ' },
    { content: 'x'.repeat(4001) },
    { content: 'x', agent: 'Ada\u202e' },
    { content: 'x', agent: 'A\u0000' },
    { content: 'x', user_id: people.bo.userId },
    { content: 'x', tenant_id: people.bo.tenantId },
    { content: 'x', source: { kind: 'agent' } },
  ])
    expect(await add(people.ada, body)).toMatchObject({ status: 422 });
});

test('201: a repeated Idempotency-Key adds one statement', async () => {
  const key = { 'idempotency-key': createId('key') };
  const [first, again] = [
    await add(people.cy, { content: 'Once only.' }, key),
    await add(people.cy, { content: 'Once only.' }, key),
  ];
  expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id]);
  expect(await add(people.cy, { content: 'Another.' }, key)).toMatchObject({ status: 422 });
  const said = await village.read(people.cy, `/knowledge?agent=${first.body.agent.id}`);
  expect(said.filter((content) => content === 'Once only.')).toHaveLength(1);
});
