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

test('202: starts an import of finished uploads', async () => {
  const upload = await server.upload(person, [conversation('a')]);
  const { status, body } = await start(person, [upload]);
  expect(status).toBe(202);
  expect(body).toMatchObject({ dry_run: false, files: [{ upload_id: upload, filename: 'export.json' }], counts: [] });
  expect((await server.ended(person, body.id)).status).toBe('completed');
});

test('409: a user has one import at a time', async () => {
  const [one, other] = [await server.upload(person, [1]), await server.upload(person, [2])];
  await asOwner(
    `insert into imports (id, tenant_id, user_id, dry_run, upload_ids, filenames, bytes_total)
      values ('imp_01h455vb4pex5vsknk084sn02q', $1, $2, false, $3, '{x}', 1)`,
    [person.tenantId, person.userId, [one]],
  );
  const refused = await start(person, [other]);
  expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('Another import') } });
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
  const lost = 'It was deleted, or not finished within a day. Upload the file again.';
  for (const [id, why] of [
    [foreign, `does not exist. ${lost}`],
    [pending.id, 'is pending.'],
    [attached.id, 'is for another purpose.'],
  ])
    expect(await start(person, [id])).toMatchObject({ status: 422, body: { detail: `The upload ${id} ${why}` } });
});

test('422: names the import that has used an upload up, also when the upload is swept; a dry run uses none up', async () => {
  const upload = await server.upload(person, [conversation('a')]);
  const check = await server.as(person, 'POST', '/imports', { uploads: [upload], dry_run: true });
  await server.ended(person, check.id);
  const { body: first } = await start(person, [upload]);
  await server.ended(person, first.id);
  const why = `was imported already by the import ${first.id}`;
  const refused = {
    status: 422,
    body: {
      detail: `The upload ${upload} ${why}. Upload the file again to import it once more.`,
      errors: [{ path: 'body.uploads', message: `${upload} ${why}` }],
    },
  };
  expect(await start(person, [upload])).toMatchObject(refused);
  await asOwner('delete from uploads where id = $1', [upload]);
  expect(await start(person, [upload])).toMatchObject(refused);
  const colleague = await createPerson(await openDatabase(), 'admin', person.tenantId);
  expect((await start(colleague, [upload])).body.detail).toContain('does not exist');
});
