import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { asOwner } from '../support/owner.ts';
import { createPeople, startVillage, type Village } from './village-server.ts';

let village: Village;
beforeAll(async () => {
  village = await startVillage();
});
afterAll(async () => {
  await village.close();
  await closeDatabase();
});

test('a rare word of an old statement is found although thousands share a common one', async () => {
  const person = (await createPeople(await openDatabase(), 'many')).many;
  const old = await village.say(person, 'The quokka sleeps in the harbour.');
  await asOwner(
    `insert into village_knowledge (id, tenant_id, user_id, agent_id, content, status)
    select 'know_' || lpad(n::text, 26, '0'), $1, $2, $3, 'The harbour has number ' || n, 'linked' from generate_series(1, 2500) n`,
    [person.tenantId, person.userId, old.agent.id],
  );
  const { body } = await village.as(person, 'GET', '/knowledge?query=quokka%20harbour&limit=3');
  expect(body.items).toHaveLength(3);
  expect(body.items[0].id).toBe(old.id);
});
