import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveTurns } from '../../../functions/entities/archive-turns.ts';
import { archiveSession } from '../../../functions/entities/session.ts';
import { blameMemory } from '../../../functions/memory/endpoints/blame-memory.ts';
import { learnFromSession } from '../../../functions/memory/learn.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, forever, type Person, scopeOf, serveFunctions } from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([blameMemory]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const blame = (person: Person | undefined, id: string) => server.call(person, 'GET', `/api/v1/memory/${id}/blame`);

test('from a fact to its session and turn; 401, 404, 422', async () => {
  const person = await createPerson(database, 'member');
  const colleague = await createPerson(database, 'admin', person.tenantId);
  const stranger = await createPerson(database, 'admin');
  const { tenantId, userId } = person;
  const runId = createId('run');
  await database.as({ kind: 'tenant', tenantId }).transaction((transaction) =>
    archiveSession(transaction, {
      tenantId,
      userId,
      runId,
      kind: 'run',
      material: {
        task: 'We always deploy with Terraform.',
        reports: [],
        model: { provider: 'rehearsal', model: 'rehearsal-1' },
      },
    }),
  );
  const turns = ['Good morning.', 'Please remember that we deploy with Terraform.'].map((text) => ({
    speaker: 'user',
    said_at: '2026-05-05T00:00:00Z',
    text,
  }));
  await archiveTurns(database.as(scopeOf(person)), { tenantId, userId, sessionId: runId, turns });
  await learnFromSession({ database, tenantId, runId, signal: forever });
  const [fact] = await database
    .as(scopeOf(person))
    .query<{ id: string }>({ name: 'test_fact', text: 'select id from memories' });
  const { status, body } = await blame(person, fact?.id ?? '');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    evidence: [
      {
        action: 'inserted',
        source_kind: 'person',
        source_id: runId,
        author: userId,
        user_id: userId,
        confidence_after: 1,
      },
    ],
    turns: [
      { session_id: runId, position: 1, speaker: 'user', text: 'Please remember that we deploy with Terraform.' },
    ],
  });
  for (const other of [colleague, stranger]) expect((await blame(other, fact?.id ?? '')).status).toBe(404);
  expect((await blame(undefined, fact?.id ?? '')).status).toBe(401);
  expect((await blame(person, createId('mem'))).status).toBe(404);
  expect((await blame(person, 'x')).status).toBe(422);
});
