import { afterAll, beforeAll, expect, test } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import { callFor, dumpRowsOf, type FilledSubject, fillSubject } from '../../isolation/subjects.ts';
import { asOwner } from '../../support/owner.ts';
import { type Person, startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let owner: Person;
beforeAll(async () => {
  environment.RATE_LIMIT_PER_MINUTE = 1_000_000;
  environment.GIT_HOSTS = ['localhost:9'];
  server = await startServer();
  owner = await server.signUp();
});
afterAll(() => server.close());

const erase = (name: string, token: string | undefined = owner.token) =>
  server.call('DELETE', `/api/v1/memory/subjects/${encodeURIComponent(name)}`, token === undefined ? {} : { token });

/** Returns every row of the database that contains the text, as `table: row`. */
async function rowsWith(text: string): Promise<string[]> {
  const tables = await asOwner(`select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`);
  const rows = [];
  for (const { name } of tables)
    for (const { line } of await asOwner(
      `select to_jsonb(t)::text as line from ${name} t where to_jsonb(t)::text like $1`,
      [`%${text}%`],
    ))
      rows.push(`${name}: ${line}`);
  return rows;
}

test('401 without a token, 404 for an unknown name', async () => {
  expect((await server.call('DELETE', '/api/v1/memory/subjects/alex')).status).toBe(401);
  expect((await erase('nobody')).status).toBe(404);
});

test('erases every row, object and the name of a subject, and nothing of others', async () => {
  const kept: FilledSubject[] = [];
  for (const [name, marker] of [
    ['bea', 'markerkept'],
    [undefined, 'markerowner'],
  ] as const)
    kept.push(await fillSubject(server, owner, name, marker));
  const alex = await fillSubject(server, owner, 'alex/ë 李', 'markergone');
  await server.call('POST', '/api/v1/memory', {
    token: owner.token,
    body: { text: 'I moved to markergone', user_id: 'alex/ë 李' },
    headers: { 'idempotency-key': 'one' },
  });
  const before = await Promise.all(kept.map(({ rowId }) => dumpRowsOf(rowId)));
  const erased = await erase('alex/ë 李');
  expect(erased.status).toBe(200);
  expect(erased.body.rows).toMatchObject({
    memories: 6,
    memory_notes: 1,
    memory_keys: 2,
    memory_sessions: 2,
    idempotency_keys: 1,
  });
  expect(await rowsWith('markergone')).toEqual([]);
  expect(await rowsWith('alex/ë 李')).toEqual([]);
  // Only the audit log still has the id, which means nothing any more.
  expect((await rowsWith(alex.rowId)).filter((row) => !row.startsWith('audit_log: '))).toEqual([]);
  expect(await Promise.all(kept.map(({ rowId }) => dumpRowsOf(rowId)))).toEqual(before);
  expect((await erase('alex/ë 李')).status).toBe(404);
});

test('a write under the erased name begins an empty memory', async () => {
  const add = (text: string) =>
    server.call('POST', '/api/v1/memory', { token: owner.token, body: { text, user_id: 'carl' } });
  await add('I live in Oslo');
  await erase('carl');
  expect((await add('I live in Rome')).status).toBe(201);
  const { body } = await callFor(
    server,
    { token: owner.token, userId: 'carl' },
    { method: 'GET', path: '/api/v1/memory' },
  );
  expect(body.items.map(({ text }: { text: string }) => text)).toEqual(['I live in Rome']);
});

test('nothing of the owner’s own account reaches a subject: erasing and reverting by session, and all of it', async () => {
  const dora = await fillSubject(server, owner, 'dora', 'markerdora');
  const before = await dumpRowsOf(dora.rowId);
  const send = (path: string, body: unknown) => server.call('POST', `/api/v1${path}`, { token: owner.token, body });
  for (const source_id of ['latest', 'earlier'])
    for (const path of ['/memory/revert', '/memory/erase']) expect((await send(path, { source_id })).status).toBe(200);
  expect((await send('/memory/erase', { everything: true })).status).toBe(200);
  expect(await dumpRowsOf(dora.rowId)).toEqual(before);
});

test('the audit log names the owner as the actor and the subject by its id', async () => {
  const eve = await fillSubject(server, owner, 'eve', 'markereve');
  await callFor(server, eve, { method: 'POST', path: '/api/v1/memory/erase', body: { source_id: 'latest' } });
  const rows = await asOwner(
    `select distinct user_id, action from audit_log where data ->> 'subject' = $1 order by action`,
    [eve.rowId],
  );
  expect(rows).toEqual(
    expect.arrayContaining([
      { user_id: owner.userId, action: 'memory-erase' },
      { user_id: owner.userId, action: 'memory-link-repo' },
    ]),
  );
  expect(await asOwner('select from audit_log where user_id = $1', [eve.rowId])).toEqual([]);
});

test('a subject goes with the account of its owner', async () => {
  const person = await server.signUp();
  const fred = await fillSubject(server, person, 'fred', 'markerfred');
  await asOwner('delete from users where id = $1', [person.userId]);
  expect(await dumpRowsOf(fred.rowId).then((rows) => Object.values(rows).flat())).toEqual([]);
});
