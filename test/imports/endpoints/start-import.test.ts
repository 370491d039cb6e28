import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { asOwner } from '../../support/owner.ts';
import { conversation } from '../exports.ts';
import { type ImportServer, startImportServer } from '../import-server.ts';

let server: ImportServer;
let person: Person;
beforeAll(async () => {
  server = await startImportServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  person = await createPerson(await openDatabase());
});

const start = (by: Person, uploads: string[]) =>
  server.call('POST', '/api/v1/imports', { token: by.token, body: { uploads } });

test('202: starts an import; it is listed with its report, for its user alone', async () => {
  const upload = await server.upload(person, [conversation('a'), conversation('b'), { task_id: 'm', prompt: 'x' }]);
  const { status, body } = await start(person, [upload]);
  expect(status).toBe(202);
  expect(body).toMatchObject({ dry_run: false, files: [{ upload_id: upload, filename: 'export.json' }], counts: [] });
  await server.ended(person, body.id);
  expect((await server.as(person, 'GET', '/imports')).items).toMatchObject([{ id: body.id, status: 'completed' }]);
  const path = `/imports/${body.id}/items?limit=1`;
  const first = await server.as(person, 'GET', path);
  const second = await server.as(person, 'GET', `${path}&cursor=${first.next_cursor}`);
  expect([...first.items, ...second.items].map(({ source_id }) => source_id)).toEqual(['a', 'b']);
  expect((await server.as(person, 'GET', `/imports/${body.id}/items?outcome=not_imported`)).items).toHaveLength(1);
  expect((await server.as(person, 'GET', `/imports/${body.id}/items?kind=fact`)).items).toEqual([]);
  const colleague = await createPerson(await openDatabase(), 'admin', person.tenantId);
  expect((await server.as(colleague, 'GET', '/imports')).items).toEqual([]);
  for (const address of [
    `/imports/${body.id}`,
    `/imports/${body.id}/items`,
    '/import-mapping?kind=conversation&source_id=a',
  ])
    expect((await server.call('GET', `/api/v1${address}`, { token: colleague.token })).status, address).toBe(404);
  expect((await server.call('POST', `/api/v1/imports/${body.id}/cancel`, { token: colleague.token })).status).toBe(404);
});

test('409: one import at a time; cancel ends it, and an ended one is not cancelled', async () => {
  const [one, other] = [await server.upload(person, [1]), await server.upload(person, [2])];
  await asOwner(
    `insert into imports (id, tenant_id, user_id, dry_run, upload_ids, filenames, bytes_total)
      values ('imp_01h455vb4pex5vsknk084sn02q', $1, $2, false, $3, '{x}', 1)`,
    [person.tenantId, person.userId, [one]],
  );
  expect(await start(person, [other])).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('Another import') },
  });
  const cancelled = await server.as(person, 'POST', '/imports/imp_01h455vb4pex5vsknk084sn02q/cancel');
  expect(cancelled.status).toBe('cancelled');
  expect((await server.as(person, 'POST', '/imports/imp_01h455vb4pex5vsknk084sn02q/cancel')).status).toBe('cancelled');
  const { id } = (await start(person, [other])).body;
  await server.ended(person, id);
  const late = await server.call('POST', `/api/v1/imports/${id}/cancel`, { token: person.token });
  expect(late).toMatchObject({ status: 409, body: { detail: 'The import is completed.' } });
});

test('422: uploads of others, unfinished ones and those of messages are not imported', async () => {
  const colleague = await createPerson(await openDatabase(), 'admin', person.tenantId);
  const foreign = await server.upload(colleague, [1]);
  const pending = await server.as(person, 'POST', '/uploads', { filename: 'a.json', size: 5, purpose: 'import' });
  const attached = await server.as(person, 'POST', '/uploads', { filename: 'a.json', size: 2 });
  await fetch(`${server.url}${attached.upload.url}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${person.token}` },
    body: '[]',
  });
  await server.as(person, 'POST', `/uploads/${attached.id}/finish`);
  for (const [id, why] of [
    [foreign, 'does not exist'],
    [pending.id, 'is pending'],
    [attached.id, 'is for another purpose'],
  ])
    expect(await start(person, [id])).toMatchObject({ status: 422, body: { detail: `The upload ${id} ${why}.` } });
});
