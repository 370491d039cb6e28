import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { openObjects } from '../../../functions/platform/objects/open-objects.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { asOwner } from '../../support/owner.ts';
import { startUploadServer, storedOf, type UploadServer } from '../uploads.ts';

let server: UploadServer;
let person: Person;
beforeAll(async () => {
  server = await startUploadServer();
  person = await createPerson(await openDatabase());
});
afterAll(() => server.close());

const sweep = async () => (await server.invoke('documents-sweep-uploads')).body;
/** Makes all rows of a tenant 24 hours and a minute older. */
const age = ({ tenantId }: Person) =>
  asOwner(`update uploads set expires_at = expires_at - interval '1441 minutes' where tenant_id = $1`, [tenantId]);
const rowsOf = async ({ tenantId }: Person) =>
  (await asOwner('select id from uploads where tenant_id = $1 order by id', [tenantId])).map(({ id }) => id);

test('removes unfinished, failed and deleted uploads with their objects after a day, and keeps ready ones', async () => {
  const pending = await server.send(person, 'pending.txt', Buffer.from('a'));
  const { body: ready } = await server.upload(person, 'ready.txt', Buffer.from('a'));
  await server.upload(person, 'failed.png', Buffer.from('no image'));
  const { body: deleted } = await server.upload(person, 'deleted.txt', Buffer.from('a'));
  await server.call('DELETE', `/api/v1/uploads/${deleted.id}`, { token: person.token });
  // Cloud Storage takes bytes until the signed address expires, whatever became of the upload.
  await (await openObjects()).put(`tenants/${person.tenantId}/uploads/${deleted.id}/content`, Buffer.from('late'));
  expect(await sweep()).toMatchObject({ removed: 0 });
  expect(await rowsOf(person)).toHaveLength(4);
  await age(person);
  expect(await sweep()).toMatchObject({ removed: 3, failed: 0 });
  expect(await rowsOf(person)).toEqual([ready.id]);
  expect(await storedOf(person, ready.id)).toEqual(['content', 'text']);
  expect([await storedOf(person, pending), await storedOf(person, deleted.id)]).toEqual([[], []]);
  expect(await sweep()).toMatchObject({ removed: 0 });
});

test('removes the uploads of a deleted tenant at once', async () => {
  const leaver = await createPerson(await openDatabase());
  const { body } = await server.upload(leaver, 'a.txt', Buffer.from('a'));
  await asOwner('delete from users where tenant_id = $1', [leaver.tenantId]);
  await asOwner('delete from tenants where id = $1', [leaver.tenantId]);
  expect(await sweep()).toMatchObject({ removed: 1 });
  expect(await storedOf(leaver, body.id)).toEqual([]);
  expect(await rowsOf(leaver)).toEqual([]);
});
