import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
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

const many = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => ({
    id: `c${from + at}`,
    messages: [{ role: 'user', content: `Question ${from + at}` }],
  }));
const payload = (id: string) => ({ tenant_id: person.tenantId, user_id: person.userId, import_id: id });
const countChats = () =>
  asOwner('select count(*)::integer as chats from chat_sessions where user_id = $1', [person.userId]);

/** Makes an import as a worker that died has left it after some batches: claimed, with its checkpoint. */
async function diedAfter(items: number, all: readonly unknown[]): Promise<string> {
  await server.run(person, [all.slice(0, items)]);
  const upload = await server.upload(person, all);
  const id = createId('imp');
  await asOwner(
    `insert into imports (id, tenant_id, user_id, dry_run, upload_ids, filenames, bytes_total, item, attempts, lease_until)
      values ($1, $2, $3, false, $4, $5, 1000, $6, 1, now() - interval '1 second')`,
    [id, person.tenantId, person.userId, [upload], ['export.json'], items],
  );
  return id;
}

test('goes on from the checkpoint of a worker that died, and does nothing when it is delivered again', async () => {
  const id = await diedAfter(70, many(0, 120));
  expect((await server.invoke('imports-run-import', payload(id))).body).toEqual({ status: 'done' });
  const { status, counts } = await server.ended(person, id);
  expect([status, counts]).toEqual(['completed', [{ kind: 'conversation', outcome: 'created', items: 50 }]]);
  expect(await countChats()).toEqual([{ chats: 120 }]);
  expect((await server.invoke('imports-run-import', payload(id))).body).toEqual({ status: 'done' });
  expect(await countChats()).toEqual([{ chats: 120 }]);
});

test('of concurrent deliveries one reads the files', async () => {
  const id = await diedAfter(0, many(0, 60));
  const answers = await Promise.all([1, 2, 3].map(() => server.invoke('imports-run-import', payload(id))));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const { counts } = await server.ended(person, id);
  expect(counts).toEqual([{ kind: 'conversation', outcome: 'created', items: 60 }]);
  expect(await countChats()).toEqual([{ chats: 60 }]);
});

test('writes nothing for an import that was cancelled', async () => {
  const id = await diedAfter(0, many(0, 60));
  expect((await server.as(person, 'POST', `/imports/${id}/cancel`)).status).toBe('cancelled');
  expect((await server.invoke('imports-run-import', payload(id))).status).toBe(200);
  expect(await countChats()).toEqual([{ chats: 0 }]);
});

test('fails when a file was deleted meanwhile', async () => {
  const id = await diedAfter(0, [conversation()]);
  await asOwner(`update uploads set status = 'deleted', expires_at = now() where user_id = $1`, [person.userId]);
  await server.invoke('imports-run-import', payload(id));
  expect(await server.ended(person, id)).toMatchObject({
    status: 'failed',
    error: 'A file of the import was deleted.',
  });
});
