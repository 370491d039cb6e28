import { afterAll, beforeAll, expect, test } from 'vitest';
import { leaveNote } from '../../../functions/memory/endpoints/leave-note.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { asOwner, createPerson, type Person, serveFunctions } from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([leaveNote]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const leave = async (who: Person | undefined, note: object) => server.call(who, 'POST', '/api/v1/memory/notes', note);

test('201: leaves a note with its defaults', async () => {
  const person = await createPerson(database, 'member');
  const note = { agent: 'coder', summary: 'The parser reads dates.', unfinished: ['Time zones are missing.'] };
  expect(await leave(person, note)).toMatchObject({
    status: 201,
    body: {
      ...note,
      id: expect.stringMatching(/^note_/),
      discoveries: [],
      references: [],
      priority: 'medium',
      run_id: null,
    },
  });
});

test('201: may name a run of the caller; 404 for another user’s run', async () => {
  const person = await createPerson(database, 'member');
  const run = createId('run');
  await asOwner(database, (transaction) =>
    transaction.query({
      name: 'test_insert_run',
      text: `insert into sessions (id, tenant_id, user_id, kind, query, budget_usd) values ($1, $2, $3, 'run', 'x', 1)`,
      values: [run, person.tenantId, person.userId],
    }),
  );
  const note = { agent: 'coder', summary: 'Done.', run_id: run };
  expect((await leave(person, note)).body).toMatchObject({ run_id: run });
  const colleague = await createPerson(database, 'member', person.tenantId);
  expect((await leave(colleague, note)).status).toBe(404);
});

test('401 without a token, 403 for a viewer, 422 for an empty summary and for too many items', async () => {
  const note = { agent: 'coder', summary: 'Done.' };
  expect((await leave(undefined, note)).status).toBe(401);
  expect((await leave(await createPerson(database, 'viewer'), note)).status).toBe(403);
  const person = await createPerson(database, 'member');
  expect((await leave(person, { ...note, summary: ' ' })).status).toBe(422);
  expect((await leave(person, { ...note, unfinished: new Array(11).fill('x') })).status).toBe(422);
});
