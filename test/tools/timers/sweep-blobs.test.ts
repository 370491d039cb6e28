import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { blobKey } from '../../../functions/platform/objects/objects.ts';
import { openObjects } from '../../../functions/platform/objects/open-objects.ts';
import { removeUnusedBlob } from '../../../functions/tools/remove-blob.ts';
import { deleteUnusedBlob } from '../../../functions/tools/sql/blob.ts';
import { sweepBlobs } from '../../../functions/tools/timers/sweep-blobs.ts';
import { changeFiles, storeContent } from '../../../functions/tools/workspace.ts';
import { createPerson, scopeOf } from '../../entities/people.ts';
import { asOwner } from '../../support/owner.ts';
import { startServer } from '../../support/server.ts';
import { createRun } from '../../usage/purchase.ts';

const server = await startServer([sweepBlobs]);
const database = await openDatabase();
const objects = await openObjects();
afterAll(() => server.close());

type Person = Awaited<ReturnType<typeof createPerson>>;

/** A file of a run, stored as a tool does. */
async function write(person: Person, runId: string, path: string, text: string): Promise<string> {
  const { sha256, size } = await storeContent(person.tenantId, Buffer.from(text));
  await add(person, runId, { path, sha256, size });
  return sha256;
}

const add = (person: Person, runId: string, file: { path: string; sha256: string; size: number }) =>
  database.as(scopeOf(person)).transaction(async (transaction) => {
    for (const statement of changeFiles({ runId, updatedBy: 'backend', upserts: [{ ...file, mode: 'regular' }] }))
      await transaction.query(statement);
  });

const isStored = ({ tenantId }: Person, sha256: string) =>
  objects.get(blobKey(tenantId, sha256)).then(
    () => true,
    () => false,
  );
const age = () => asOwner(`update run_blobs set stored_at = stored_at - interval '61 minutes'`);
const sweep = async () => (await server.invoke('tools-sweep-blobs')).body;

test('removes the contents of a deleted run and dropped versions, and keeps versions, other runs and new contents', async () => {
  const person = await createPerson(database);
  const [gone, stays] = [await createRun(person, null), await createRun(person, null)];
  const own = await write(person, gone.id, 'own.txt', 'only in the deleted run');
  const shared = await write(person, gone.id, 'shared.txt', 'in both runs');
  await write(person, stays.id, 'shared.txt', 'in both runs');
  const former = await write(person, stays.id, 'a.txt', 'first');
  const kept = await write(person, stays.id, 'a.txt', 'second');
  const present = await write(person, stays.id, 'a.txt', 'third');
  await asOwner('update run_file_versions set kept = false where run_id = $1 and sha256 = $2', [stays.id, former]);
  await asOwner('delete from sessions where id = $1', [gone.id]);
  await sweep();
  expect(await isStored(person, own), 'within the grace period').toBe(true);
  await age();
  const { sha256: fresh } = await storeContent(person.tenantId, Buffer.from('not yet a file'));
  expect(await sweep()).toMatchObject({ removed: 2, failed: 0 });
  const all = [own, former, shared, kept, present, fresh];
  expect(await Promise.all(all.map((sha256) => isStored(person, sha256)))).toEqual([
    false,
    false,
    true,
    true,
    true,
    true,
  ]);
  expect(await sweep()).toMatchObject({ removed: 0 });
});

test('removes the contents of a deleted tenant', async () => {
  const person = await createPerson(database);
  const run = await createRun(person, null);
  const sha256 = await write(person, run.id, 'a.txt', 'of the tenant');
  await asOwner('delete from sessions where tenant_id = $1', [person.tenantId]);
  await asOwner('delete from tenants where id = $1', [person.tenantId]);
  await age();
  await sweep();
  expect(await isStored(person, sha256)).toBe(false);
});

test('a content that is removed between its storing and its file is stored again', async () => {
  const person = await createPerson(database);
  const run = await createRun(person, null);
  const bytes = Buffer.from('removed meanwhile');
  const { sha256, size } = await storeContent(person.tenantId, bytes);
  expect(await removeUnusedBlob(database, { tenantId: person.tenantId, sha256 }, 0)).toBe(true);
  await expect(add(person, run.id, { path: 'a.txt', sha256, size })).rejects.toMatchObject({ code: 'AF409' });
  await storeContent(person.tenantId, bytes);
  await add(person, run.id, { path: 'a.txt', sha256, size });
  expect(await isStored(person, sha256)).toBe(true);
  expect(await removeUnusedBlob(database, { tenantId: person.tenantId, sha256 }, 0)).toBe(false);
});

test('a crash between the row and the blob loses nothing that lives, and the next sweep goes on', async () => {
  const person = await createPerson(database);
  const { sha256 } = await storeContent(person.tenantId, Buffer.from('the process ends here'));
  await age();
  const crash = database.as({ kind: 'tenant', tenantId: person.tenantId }).transaction(async (transaction) => {
    expect(await deleteUnusedBlob(transaction, sha256, 0)).toBe(true);
    await objects.remove(blobKey(person.tenantId, sha256));
    throw new Error('crash');
  });
  await expect(crash).rejects.toThrow('crash');
  const { sha256: again } = await storeContent(person.tenantId, Buffer.from('the process ends here'));
  expect(again).toBe(sha256);
  expect(await isStored(person, sha256)).toBe(true);
  await age();
  expect(await sweep()).toMatchObject({ failed: 0 });
  expect(await isStored(person, sha256)).toBe(false);
});
