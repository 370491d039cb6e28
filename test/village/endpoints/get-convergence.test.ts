import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { Convergence } from '../../../functions/village/convergence/convergence.ts';
import { postStatement } from '../../../functions/village/post-statement.ts';
import { createPerson, type Person, scopeOf } from '../../entities/people.ts';
import { asOwner, statementOf } from '../../support/owner.ts';
import { createPeople, startVillage, untilLinked, type Village } from '../village-server.ts';

/** Ada and Bo share a bridge, Cy is a third user of their tenant, and Dee has a tenant of her own. */
let village: Village;
let people: Record<'ada' | 'bo' | 'cy' | 'dee', Person>;
const said: Record<string, { id: string; agent: { id: string; name: string }; created_at: string; thread_id: string }> =
  {};

const SAME = [
  'The warehouse gate must be locked at night.',
  'At night the warehouse gate has to be locked.',
  'Lock the warehouse gate at night.',
];
const DENIED = 'The warehouse gate must not be locked at night.';

beforeAll(async () => {
  const database = await openDatabase();
  village = await startVillage();
  people = { ...(await createPeople(database, 'ada', 'bo', 'cy')), dee: await createPerson(database) };
  const { ada, bo, cy, dee } = people;
  const say = async (name: string, ...[person, content, more]: Parameters<Village['say']>) => {
    said[name] = await village.say(person, content, more);
  };
  await say('ada', ada, SAME[0] ?? '', { thread_title: 'The gate' });
  await say('bo', bo, SAME[1] ?? '');
  await say('cy', cy, SAME[2] ?? '');
  await say('denied', cy, DENIED, { agent: 'Doubter' });
  await say('again', ada, 'The warehouse gate must be locked each night.');
  await say('other', bo, 'The canteen serves soup on Mondays.');
  // Pairs within the bridge of Ada and Bo, and between Ada's private statement and the village.
  await say('bridgeAda', ada, 'Our tenderness budget is spent.', { realm: 'bridge', sides: [said.bo?.agent.id] });
  await say('bridgeBo', bo, 'The tenderness budget is spent by us.', { realm: 'bridge', sides: [said.ada?.agent.id] });
  await say('secretAda', ada, 'Soup is served in the canteen on Mondays.', { realm: 'private', agent: 'Diary' });
  await say('secretCy', cy, 'On Mondays the canteen serves a soup.', { realm: 'private', agent: 'Diary' });
  await say('dee', dee, SAME[0] ?? '');
  await untilLinked(ada);
  await untilLinked(dee);
});
afterAll(async () => {
  await village.close();
  await closeDatabase();
});

const read = async (name: keyof typeof people, query = ''): Promise<z.infer<typeof Convergence>> => {
  const { status, body } = await village.as(people[name], 'GET', `/convergence${query}`);
  expect(status).toBe(200);
  return Convergence.parse(body);
};
/** The statements of each agreement, by the names above. */
const nameOf = (id: string) => Object.keys(said).find((name) => said[name]?.id === id) ?? id;
const namesOf = ({ agreements }: z.infer<typeof Convergence>) =>
  agreements.map(({ statements }) => statements.map(({ id }) => nameOf(id)).sort());

test('three agents that claim the same are a consensus, with reasons; its denial is a tension with each', async () => {
  const found = await read('cy', '?realm=village');
  expect(namesOf(found)).toEqual([['ada', 'again', 'bo', 'cy']]);
  expect(found.agreements[0]).toMatchObject({
    kind: 'consensus',
    topic: 'The warehouse gate must be locked at night',
    agents: expect.arrayContaining([{ id: said.ada?.agent.id, name: 'ada' }]),
    since: said.bo?.created_at,
  });
  const [agreement] = found.agreements;
  expect(agreement?.lowest).toBe(Math.min(...(agreement?.pairs.map(({ similarity }) => similarity) ?? [])));
  expect(agreement?.pairs[0]).toMatchObject({ judged_by: 'rules', reason: expect.stringMatching(/\w/) });
  expect(found.tensions.map(({ says, denies }) => `${nameOf(says.id)} ${nameOf(denies.id)}`).sort()).toEqual(
    // The one with the negation denies, also a later claim.
    ['ada denied', 'again denied', 'bo denied', 'cy denied'],
  );
  expect(found.counts).toMatchObject({ agreements: 1, tensions: 4, agents: 4 });
  expect(found.method).toEqual({ embedding_model: 'feature-hashing-v1', judged_by: 'rules' });
  expect(found.pending).toBe(0);
  const cell = (one: string, other: string) =>
    found.matrix.find(
      (each) =>
        [each.one, each.other].sort().join() ===
        [said[one], said[other]]
          .map((s) => s?.agent.id)
          .sort()
          .join(),
    );
  expect(cell('ada', 'bo')).toMatchObject({ agreements: 1, tensions: 0 });
  expect(cell('ada', 'denied')).toMatchObject({ agreements: 0, tensions: 2 });
});

describe('a pair is found for those who see both statements, and for nobody else', () => {
  test.each([
    [
      'ada',
      [
        ['bridgeAda', 'bridgeBo'],
        ['other', 'secretAda'],
      ],
    ],
    ['bo', [['bridgeAda', 'bridgeBo']]],
    ['cy', [['other', 'secretCy']]],
    ['dee', []],
  ] as const)('%s', async (name, pairs) => {
    const found = namesOf(await read(name)).filter((names) => !names.includes('again'));
    expect(found.sort()).toEqual(pairs);
    const stored = (await openDatabase())
      .as(scopeOf(people[name]))
      .query(statementOf('select readers from village_pairs'));
    for (const { readers } of await stored) expect(readers ?? [people[name].userId]).toContain(people[name].userId);
  });

  test('two private statements of different users are never compared', async () => {
    const rows = await asOwner('select from village_pairs where one_id = any ($1) and other_id = any ($1)', [
      [said.secretAda?.id, said.secretCy?.id],
    ]);
    expect(rows).toEqual([]);
  });

  test('a user writes no pair', async () => {
    const scoped = (await openDatabase()).as(scopeOf(people.cy));
    const [one, other] = [said.other?.id ?? '', said.ada?.id ?? ''].sort();
    const insert = `insert into village_pairs (tenant_id, one_id, other_id, one_agent_id, other_agent_id, relation, similarity,
        reason, judged_by, embedder, said_at)
      values (current_tenant_id(), $1, $2, $3, $4, 'deny', 1, 'forged', 'model', 'feature-hashing-v1', now())`;
    const values = [one, other, said.other?.agent.id, said.ada?.agent.id];
    await expect(scoped.query(statementOf(insert, values))).rejects.toThrow(/row-level security/);
  });
});

test('the time bar hides what was said later', async () => {
  const before = await read('cy', `?as_of=${said.ada?.created_at}`);
  expect(before).toMatchObject({ agreements: [], tensions: [], counts: { statements: 1 } });
  const first = await read('cy', `?as_of=${said.bo?.created_at}`);
  expect(namesOf(first)).toEqual([['ada', 'bo']]);
  expect(first.agreements[0]?.kind).toBe('harmony');
});

test('filters by agent, thread and realm; threshold and floor move the line between counted and near', async () => {
  expect(namesOf(await read('cy', `?agent=${said.bo?.agent.id}&realm=village`))).toEqual([
    ['ada', 'again', 'bo', 'cy'],
  ]);
  expect(namesOf(await read('cy', `?thread_id=${said.ada?.thread_id}`))).toEqual([]);
  expect(namesOf(await read('ada', '?realm=bridge'))).toEqual([['bridgeAda', 'bridgeBo']]);
  const strict = await read('cy', '?threshold=0.999&floor=0.2&realm=village');
  // The denial has the same words as the first statement.
  expect(strict).toMatchObject({ threshold: 0.999, floor: 0.2, agreements: [], tensions: [{ similarity: 1 }] });
  expect(strict.near.length).toBeGreaterThanOrEqual(5);
  expect((await village.as(people.cy, 'GET', '/convergence?threshold=2')).status).toBe(422);
});

test('an agent is filtered by its name or its id; one that the caller does not see, or a shared name, is refused', async () => {
  const named = await read('cy', '?agent=bo&realm=village');
  expect(namesOf(named)).toEqual([['ada', 'again', 'bo', 'cy']]);
  expect(named).toEqual(await read('cy', `?agent=${said.bo?.agent.id}&realm=village`));
  // Ada's diary is private, and so is that of Cy.
  expect(namesOf(await read('cy', '?agent=Diary'))).toEqual([['other', 'secretCy']]);
  for (const unseen of ['nobody', said.secretAda?.agent.id, said.dee?.agent.id]) {
    const { status, body } = await village.as(people.cy, 'GET', `/convergence?agent=${unseen}`);
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ path: 'query.agent', message: expect.stringContaining('that you see') }]);
  }
});

test('a floor above the threshold is refused, also above the measured one', async () => {
  for (const query of ['threshold=0.5&floor=0.6', 'floor=0.99']) {
    const { status, body } = await village.as(people.cy, 'GET', `/convergence?${query}`);
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ path: 'query.floor', message: expect.stringContaining('above the threshold') }]);
  }
  expect(await read('cy', '?threshold=0.5&floor=0.5')).toMatchObject({ threshold: 0.5, floor: 0.5, near: [] });
});

test('a moment is a time with its zone, in the past or in the future', async () => {
  for (const [name, path] of [
    ['as_of', '/convergence'],
    ['since', '/knowledge'],
    ['until', '/knowledge'],
  ] as const) {
    for (const wrong of ['2026-11-30T12:00:00', '2026-11-30', 'yesterday']) {
      const { status, body } = await village.as(people.cy, 'GET', `${path}?${name}=${wrong}`);
      expect(status, `${name}=${wrong}`).toBe(422);
      expect(body.errors).toEqual([
        { path: `query.${name}`, message: expect.stringContaining('2026-11-29T09:30:00Z') },
      ]);
    }
    const { status } = await village.as(people.cy, 'GET', `${path}?${name}=2126-11-30T12:00:00%2B02:00`);
    expect(status).toBe(200);
  }
  expect(await read('cy', '?as_of=2126-11-30T12:00:00Z')).toEqual(await read('cy'));
});

test('of a deleted statement no pair is left', async () => {
  const { id } = await village.say(people.bo, 'Mondays are soup days in the canteen.', { agent: 'Cook' });
  await untilLinked(people.bo);
  const pairs = () => asOwner('select from village_pairs where $1 in (one_id, other_id)', [id]);
  expect((await pairs()).length).toBeGreaterThan(0);
  await village.as(people.bo, 'DELETE', `/knowledge/${id}`);
  expect(await pairs()).toEqual([]);
});

test('positions of two councils are compared only when they answer the same question', async () => {
  const database = await openDatabase();
  const person = await createPerson(database);
  const hold = (question: string, positions: Record<string, string>) =>
    database.as(scopeOf(person)).transaction(async (transaction) => {
      const threadId = createId('thread');
      for (const [index, [agent, position]] of Object.entries(positions).entries()) {
        const content = `${question}\n– ${position}`;
        const said = { agent, content, realm: 'village' as const, category: 'position', threadId };
        const source = { kind: 'council' as const, runId: createId('sess') };
        await postStatement(transaction, person, { ...said, source, ...(index === 0 && { threadTitle: question }) });
      }
    });
  const agreements = async () => {
    await untilLinked(person);
    const { body } = await village.as(person, 'GET', '/convergence');
    const { agreements: found, tensions } = Convergence.parse(body);
    expect(tensions).toEqual([]);
    return found.map(({ agents }) => agents.map(({ name }) => name).sort());
  };
  await hold('Shall we hire a designer?', {
    Ada: 'Yes: The gain is worth its price.',
    Bo: 'Yes: The gain is worth its price.',
  });
  await hold('We close the canteen', { Cy: 'Yes: The gain is worth its price.', Dee: 'No: The cooks would leave.' });
  expect(await agreements()).toEqual([['Ada', 'Bo']]);
  await hold('Shall we hire a designer?', { Eve: 'Yes: The gain is worth its price.' });
  expect(await agreements()).toEqual([['Ada', 'Bo', 'Eve']]);
  // Rules read a position without its question.
  await village.say(person, 'We close the canteen.', { agent: 'Fay' });
  expect(await agreements()).toEqual([['Ada', 'Bo', 'Eve']]);
});
