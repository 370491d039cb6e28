import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { environment } from '../../../functions/platform/environment.ts';
import { countUnlinked } from '../../../functions/village/sql/link.ts';
import { type Person, scopeOf } from '../../entities/people.ts';
import { asOwner } from '../../support/owner.ts';
import { startScriptedGemini } from '../../support/scripted-gemini.ts';
import { createPeople, startVillage, untilLinked, type Village } from '../village-server.ts';

const { GEMINI_API_KEY, GOOGLE_GEMINI_BASE_URL } = environment;
let fails = false;
const gemini = await startScriptedGemini({
  embed: (_, dimensions) =>
    fails
      ? { failure: { status: 400, code: 'INVALID_ARGUMENT' } }
      : Array.from({ length: dimensions }, (_value, index) => (index === 0 ? 1 : 0)),
});
let village: Village;
let ada: Person;
beforeAll(async () => {
  Object.assign(environment, { GEMINI_API_KEY: 'scripted-key', GOOGLE_GEMINI_BASE_URL: gemini.url });
  village = await startVillage();
  ada = (await createPeople(await openDatabase(), 'ada')).ada;
});
afterAll(async () => {
  await village.close();
  await closeDatabase();
  Object.assign(environment, { GEMINI_API_KEY, GOOGLE_GEMINI_BASE_URL });
  await gemini.close();
});

const link = (id: string) => village.invoke('village-link-statement', { tenant_id: ada.tenantId, statement_id: id });
const stateOf = async (id: string) =>
  (await asOwner('select status, embedder, error from village_knowledge where id = $1', [id]))[0];

test('embeds a statement once, however often the task is delivered, and books it on the user', async () => {
  const { id } = await village.say(ada, 'The port is 8080.');
  await Promise.all([link(id), link(id)]);
  await untilLinked(ada);
  expect(await link(id)).toMatchObject({ status: 200, body: { status: 'done' } });
  expect(await stateOf(id)).toMatchObject({
    status: 'linked',
    embedder: expect.stringContaining('gemini'),
    error: null,
  });
  expect(gemini.embeddings.filter(({ texts }) => texts.includes('The port is 8080.'))).toHaveLength(1);
  const booked = await asOwner('select kind, reference from usage_ledger where user_id = $1', [ada.userId]);
  expect(booked).toEqual([{ kind: 'embedding', reference: expect.stringContaining(id) }]);
  expect(await asOwner('select from village_vectors where statement_id = $1', [id])).toHaveLength(1);
});

test('a statement that cannot be embedded is found by its words and counts as not linked', async () => {
  fails = true;
  const { id } = await village.say(ada, 'The quokka sleeps.');
  await untilLinked(ada);
  expect(await stateOf(id)).toMatchObject({ status: 'failed', embedder: null, error: expect.any(String) });
  expect(await village.read(ada, '/knowledge?query=quokka')).toEqual(['The quokka sleeps.']);
  expect(await countUnlinked((await openDatabase()).as(scopeOf(ada)))).toBe(1);
  fails = false;
});

test('over the budget of the day it waits, uncounted', async () => {
  await asOwner('update tenants set budget_usd_per_day = 0 where id = $1', [ada.tenantId]);
  const { id } = await village.say(ada, 'Waits for tomorrow.');
  expect(await link(id)).toMatchObject({ status: 200, body: { status: 'later' } });
  await expect.poll(() => stateOf(id)).toMatchObject({ status: 'pending', embedder: null });
  expect(await village.read(ada, '/knowledge?query=tomorrow')).toEqual(['Waits for tomorrow.']);
});

test('a deleted statement, and one that does not exist, is a no-op', async () => {
  await asOwner('update tenants set budget_usd_per_day = null where id = $1', [ada.tenantId]);
  const { id } = await village.say(ada, 'Gone.');
  await expect.poll(() => stateOf(id)).toMatchObject({ status: 'linked' });
  await village.as(ada, 'DELETE', `/knowledge/${id}`);
  expect(await link(id)).toMatchObject({ status: 200, body: { status: 'done' } });
});
