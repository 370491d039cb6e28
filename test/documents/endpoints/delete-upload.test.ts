import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { startUploadServer, storedOf, type UploadServer } from '../uploads.ts';

let server: UploadServer;
let person: Person;
beforeAll(async () => {
  server = await startUploadServer();
  person = await createPerson(await openDatabase());
});
afterAll(() => server.close());

const remove = ({ token }: Person, id: string) => server.call('DELETE', `/api/v1/uploads/${id}`, { token });

test('204: removes an upload of every status with its content; 404: a second time', async () => {
  const { body: ready } = await server.upload(person, 'a.txt', Buffer.from('a'));
  const { body: failed } = await server.upload(person, 'a.png', Buffer.from('no image'));
  const pending = await server.send(person, 'b.txt', Buffer.from('b'));
  expect(failed.status).toBe(415);
  for (const id of [ready.id, pending]) {
    expect((await remove(person, id)).status).toBe(204);
    expect(await storedOf(person, id)).toEqual([]);
    expect((await remove(person, id)).status).toBe(404);
    for (const path of ['', '/content'])
      expect((await server.call('GET', `/api/v1/uploads/${id}${path}`, { token: person.token })).status).toBe(404);
    expect((await server.put(person, id, Buffer.from('c'))).status).toBe(404);
    expect((await server.finish(person, id)).status).toBe(404);
  }
});

test('404: an upload of another user stays', async () => {
  const { body } = await server.upload(person, 'a.txt', Buffer.from('a'));
  const other = await createPerson(await openDatabase(), 'admin', person.tenantId);
  expect((await remove(other, body.id)).status).toBe(404);
  expect(await storedOf(person, body.id)).toEqual(['content', 'text']);
});
