import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteNote } from '../../../functions/memory/endpoints/delete-note.ts';
import { leaveNote } from '../../../functions/memory/endpoints/leave-note.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, type Person, serveFunctions } from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([deleteNote, leaveNote]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const remove = async (who: Person | undefined, id: unknown) => server.call(who, 'DELETE', `/api/v1/memory/notes/${id}`);

test('204: deletes the note; 404 the second time and for another user’s note', async () => {
  const person = await createPerson(database, 'member');
  const note = { agent: 'coder', summary: 'Done.' };
  const { id } = (await server.call(person, 'POST', '/api/v1/memory/notes', note)).body;
  expect((await remove(await createPerson(database, 'admin', person.tenantId), id)).status).toBe(404);
  expect((await remove(person, id)).status).toBe(204);
  expect((await remove(person, id)).status).toBe(404);
});

test('401 without a token, 403 for a viewer, 422 for another id', async () => {
  const viewer = await createPerson(database, 'viewer');
  const id = createId('note');
  expect((await remove(undefined, id)).status).toBe(401);
  expect((await remove(viewer, id)).status).toBe(403);
  expect((await remove(await createPerson(database), 'x')).status).toBe(422);
});
