import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { asOwner } from '../../support/owner.ts';
import { conversation } from '../exports.ts';
import { type ImportServer, startImportServer } from '../import-server.ts';

let server: ImportServer;
let person: Person;
let colleague: Person;
let id: string;
beforeAll(async () => {
  server = await startImportServer();
  const database = await openDatabase();
  person = await createPerson(database);
  colleague = await createPerson(database, 'admin', person.tenantId);
  ({ id } = await server.run(person, [[conversation('a'), conversation('b'), { task_id: 'm', prompt: 'x' }]]));
});
afterAll(() => server.close());

test('409: an import that has ended is not cancelled', async () => {
  const late = await server.call('POST', `/api/v1/imports/${id}/cancel`, { token: person.token });
  expect(late).toMatchObject({ status: 409, body: { detail: 'The import is completed.' } });
});

test('202: cancels an import that waits, also twice', async () => {
  const waiting = 'imp_01h455vb4pex5vsknk084sn02q';
  await asOwner(
    `insert into imports (id, tenant_id, user_id, dry_run, upload_ids, filenames, bytes_total)
      select $2, tenant_id, user_id, false, upload_ids, filenames, bytes_total from imports where id = $1`,
    [id, waiting],
  );
  for (const _ of [1, 2])
    expect((await server.as(person, 'POST', `/imports/${waiting}/cancel`)).status).toBe('cancelled');
  expect((await server.call('POST', `/api/v1/imports/${waiting}/cancel`, { token: colleague.token })).status).toBe(404);
});
