import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { sqlState } from '../../../functions/platform/errors.ts';
import { createPerson, type Person, scopeOf } from '../../entities/people.ts';
import { asOwner, statementOf } from '../../support/owner.ts';
import { createPeople, startVillage, untilLinked, type Village } from '../village-server.ts';

/** Ada and Bo share a bridge, Cy is a third user of their tenant, and Dee has a tenant of her own. */
let database: Database;
let village: Village;
let people: Record<'ada' | 'bo' | 'cy' | 'dee', Person>;
const said: Record<string, { id: string; thread_id: string; agent: { id: string } }> = {};
const REALMS = { 'the tenant': 'village', 'the bridge': 'bridge', 'the user alone': 'private' } as const;
const HEARS: Record<string, string[]> = {
  village: ['ada', 'bo', 'cy'],
  bridge: ['ada', 'bo'],
  private: ['ada'],
};

beforeAll(async () => {
  database = await openDatabase();
  village = await startVillage();
  people = { ...(await createPeople(database, 'ada', 'bo', 'cy')), dee: await createPerson(database) };
  const bo = await village.say(people.bo, 'Hello, I am Bo.');
  for (const realm of Object.values(REALMS))
    said[realm] = await village.say(people.ada, `The passphrase is tangerine (${realm}).`, {
      realm,
      agent: `Voice of ${realm}`,
      thread_title: `Tangerine ${realm}`,
      ...(realm === 'bridge' ? { sides: [bo.agent.id] } : {}),
    });
  await untilLinked(people.ada);
});
afterAll(async () => {
  await village.close();
  await closeDatabase();
});

describe.each(Object.entries(REALMS))('a statement for %s', (_, realm) => {
  test.each(['ada', 'bo', 'cy', 'dee'] as const)(
    'is seen by those who hear it, and 404 for others: %s',
    async (name) => {
      const hears = HEARS[realm]?.includes(name) ?? false;
      const { id = '', thread_id: threadId = '', agent } = said[realm] ?? {};
      const get = async (path: string) => (await village.as(people[name], 'GET', path)).status;
      expect(await get(`/knowledge/${id}`)).toBe(hears ? 200 : 404);
      expect(await get(`/threads/${threadId}`)).toBe(hears ? 200 : 404);
      const listed = async (path: string) =>
        JSON.stringify((await village.as(people[name], 'GET', path)).body.items ?? []).includes(realm);
      expect(await listed('/knowledge')).toBe(hears);
      expect(await listed('/knowledge?query=tangerine')).toBe(hears);
      expect(await listed(`/knowledge?query=tangarines%20passphrases&agent=${agent?.id}`)).toBe(hears);
      expect(await listed('/threads')).toBe(hears);
      expect(await listed('/agents')).toBe(hears);
      if (name !== 'ada')
        expect((await village.as(people[name], 'DELETE', `/knowledge/${id}`)).status).toBe(hears ? 403 : 404);
    },
  );

  test.each(['bo', 'cy', 'dee'] as const)('is hidden from statements without a condition: %s', async (name) => {
    const hears = HEARS[realm]?.includes(name) ?? false;
    const { id = '', thread_id: threadId = '', agent } = said[realm] ?? {};
    const rows = (text: string, value?: string) => database.as(scopeOf(people[name])).query(statementOf(text, [value]));
    for (const [text, value] of [
      ['select id from village_knowledge where id = $1', id],
      ['select statement_id from village_vectors where statement_id = $1', id],
      ['select id from village_threads where id = $1', threadId],
      ['select id from village_agents where id = $1', agent?.id],
      [`select seq from village_events where data ->> 'statement_id' = $1`, id],
      ['update village_knowledge set access_count = 0 where id = $1 returning id', id],
    ] as const)
      expect(await rows(text, value)).toHaveLength(hears ? 1 : 0);
  });
});

test('nobody inserts a statement in the name of another user, widens one, or deletes one around its function', async () => {
  const { ada, bo } = people;
  const { id = '', agent } = said.private ?? {};
  const attempt = (person: Person, text: string, ...values: unknown[]) =>
    database
      .as(scopeOf(person))
      .query(statementOf(text, values))
      .then(() => 'done', sqlState);
  const insert = `insert into village_knowledge (id, tenant_id, user_id, agent_id, content) values ('know_x', $1, $2, $3, 'x')`;
  expect(await attempt(bo, insert, ada.tenantId, ada.userId, agent?.id)).toBe('42501');
  expect(await attempt(ada, 'delete from village_knowledge where id = $1', id)).toBe('42501');
  for (const change of ['readers = null', `realm = 'village'`, `content = 'x'`])
    expect(await attempt(ada, `update village_knowledge set ${change} where id = $1`, id)).toBe('42501');
  // Not even the owner of the table gives a private statement to all: the realm and the readers agree by a check.
  const widened = asOwner('update village_knowledge set readers = null where id = $1', [id]).catch(sqlState);
  expect(await widened).toBe('23514');
  const agents = 'update village_agents set is_public = true where id = $1 returning 1';
  expect(await database.as(scopeOf(bo)).query(statementOf(agents, [agent?.id]))).toEqual([]);
});

test('a reader is not shown the ids of what they do not see', async () => {
  const { ada, bo } = people;
  const [own, hidden] = [said.village, said.private];
  const both = { responding_to: [own?.id, hidden?.id], related_agents: [own?.agent.id, hidden?.agent.id] };
  const { id } = await village.say(ada, 'I refer to both.', both);
  expect((await village.as(ada, 'GET', `/knowledge/${id}`)).body).toMatchObject(both);
  expect((await village.as(bo, 'GET', `/knowledge/${id}`)).body).toMatchObject({
    responding_to: [own?.id],
    related_agents: [own?.agent.id],
  });
});
