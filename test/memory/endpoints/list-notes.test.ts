import { afterAll, beforeAll, expect, test } from 'vitest';
import { leaveNote } from '../../../functions/memory/endpoints/leave-note.ts';
import { listNotes } from '../../../functions/memory/endpoints/list-notes.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { asOwner, createPerson, type Person, serveFunctions } from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([leaveNote, listNotes]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const list = async (who: Person | undefined, query = '') => server.call(who, 'GET', `/api/v1/memory/notes${query}`);
async function leave(person: Person, summary: string, more: object = {}): Promise<void> {
  const note = { agent: 'coder', summary, ...more };
  expect((await server.call(person, 'POST', '/api/v1/memory/notes', note)).status).toBe(201);
}
const summaries = async (...asked: Parameters<typeof list>) =>
  (await list(...asked)).body.items?.map(({ summary }) => summary);

test('200: lists unfinished work first, then by priority, the newest first, in pages; only the caller’s own', async () => {
  const person = await createPerson(database, 'member');
  await leave(person, 'finished, high', { priority: 'high' });
  await leave(person, 'open, low', { priority: 'low', unfinished: ['x'] });
  await leave(person, 'open, high, earlier', { priority: 'high', unfinished: ['x'] });
  await leave(person, 'open, high, later', { priority: 'high', unfinished: ['x'], agent: 'thinker' });
  await leave(person, 'finished, medium');
  const first = (await list(person, '?limit=3')).body;
  const second = (await list(person, `?limit=3&cursor=${first.next_cursor}`)).body;
  const found = [...(first.items ?? []), ...(second.items ?? [])].map(({ summary }) => summary);
  expect(found).toEqual([
    'open, high, later',
    'open, high, earlier',
    'open, low',
    'finished, high',
    'finished, medium',
  ]);
  expect(await summaries(person, '?agent=thinker')).toEqual(['open, high, later']);
  const colleague = await createPerson(database, 'admin', person.tenantId);
  expect(await summaries(colleague)).toEqual([]);
});

test('200: looks back seven days, or as many as asked', async () => {
  const person = await createPerson(database, 'member');
  await leave(person, 'old');
  await asOwner(database, (transaction) =>
    transaction.query({
      name: 'test_age_notes',
      text: `update memory_notes set created_at = now() - interval '8 days' where user_id = $1`,
      values: [person.userId],
    }),
  );
  expect(await summaries(person)).toEqual([]);
  expect(await summaries(person, '?days=9')).toEqual(['old']);
});

test('401 without a token, 422 for an invalid page', async () => {
  expect((await list(undefined)).status).toBe(401);
  expect((await list(await createPerson(database), '?days=0')).status).toBe(422);
});
