import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveSession } from '../../../functions/entities/session.ts';
import { extractFacts } from '../../../functions/memory/steps/extract-facts.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import { asOwner, createPerson, type Person, scopeOf } from '../../entities/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { expectLoggedError } from '../../support/setup-log.ts';

const database = await openDatabase();
let server: TestServer;
beforeAll(async () => {
  server = await startServer([extractFacts]);
  // Otherwise the queue would deliver the task of each archived session itself.
  useQueue({ create: async () => undefined, close: async () => undefined });
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

async function archive({ tenantId, userId }: Person): Promise<{ tenant_id: string; run_id: string }> {
  const runId = createId('run');
  const material = {
    task: 'Build a shop. We always use PostgreSQL.',
    reports: [{ worker: 'backend', text: 'POST /api/v1/carts answers 201.' }],
    model: { provider: 'rehearsal', model: 'script' } as const,
  };
  await database
    .as({ kind: 'tenant', tenantId })
    .transaction((transaction) => archiveSession(transaction, { tenantId, runId, userId, kind: 'sprint', material }));
  return { tenant_id: tenantId, run_id: runId };
}

const factsOf = async (person: Person) => {
  const select = { name: 'test_fact_texts', text: 'select text from memories order by text, scope' };
  return (await database.as(scopeOf(person)).query<{ text: string }>(select)).map(({ text }) => text);
};
const FACTS = ['POST /api/v1/carts answers 201.', 'POST /api/v1/carts answers 201.', 'We always use PostgreSQL.'];

test('200: learns the facts of a session, and a second delivery writes nothing', async () => {
  const person = await createPerson(database);
  const payload = await archive(person);
  const done = { status: 200, body: { status: 'done' } };
  expect(await server.invoke('memory-extract-facts', payload)).toMatchObject(done);
  expect(await factsOf(person)).toEqual(FACTS);
  expect(await server.invoke('memory-extract-facts', payload)).toMatchObject(done);
  expect(await factsOf(person)).toEqual(FACTS);
});

test('200 for a session that does not exist', async () => {
  const { tenantId } = await createPerson(database);
  const payload = { tenant_id: tenantId, run_id: createId('run') };
  expect(await server.invoke('memory-extract-facts', payload)).toMatchObject({ status: 200 });
});

test('500 when learning fails, so that the queue delivers again', async () => {
  const person = await createPerson(database);
  const payload = await archive(person);
  await asOwner(database, (transaction) =>
    transaction.query({
      name: 'test_break_session',
      text: `update memory_sessions set material = '{"task": 7}' where id = $1`,
      values: [payload.run_id],
    }),
  );
  expectLoggedError(/request failed/);
  expect((await server.invoke('memory-extract-facts', payload)).status).toBe(500);
  expect(await factsOf(person)).toEqual([]);
});

test('401 without the token of the queue', async () => {
  const person = await createPerson(database);
  const body = await archive(person);
  const path = '/internal/steps/memory-extract-facts';
  expect((await server.call('POST', path, { body })).status).toBe(401);
  expect((await server.call('POST', path, { body, token: person.token })).status).toBe(401);
  expect(await factsOf(person)).toEqual([]);
});
