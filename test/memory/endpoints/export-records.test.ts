import { afterAll, beforeAll, expect, test } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import { callFor, dumpRowsOf, fillSubject } from '../../isolation/subjects.ts';
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

const exported = async (userId: string | undefined) => {
  const who = { token: owner.token, userId };
  const answer = await callFor(server, who, { method: 'GET', path: '/api/v1/memory/export/records' });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  return String(answer.body)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
};

test('401 without a token', async () => {
  expect((await server.call('GET', '/api/v1/memory/export/records')).status).toBe(401);
});

test('exports every row of a memory but git objects, and of no other', async () => {
  const name = 'al"ex\\';
  const alex = await fillSubject(server, owner, name, 'markeralex');
  const self = await fillSubject(server, owner, undefined, 'markerself');
  for (const [who, other] of [
    [alex, self],
    [self, alex],
  ] as const) {
    const lines = await exported(who.userId);
    const counts: Record<string, number> = {};
    for (const { table } of lines) counts[table] = (counts[table] ?? 0) + 1;
    const rows = Object.entries(await dumpRowsOf(who.rowId)).filter(
      ([table, own]) => own.length > 0 && /^memor|^user_pref/.test(table) && !/objects|vectors/.test(table),
    );
    expect(counts).toEqual(Object.fromEntries(rows.map(([table, own]) => [table, own.length])));
    const text = JSON.stringify(lines);
    expect(text).toContain(who.marker);
    for (const absent of [other.marker, other.rowId, 'subj_', 'ciphertext']) expect(text).not.toContain(absent);
    const facts = lines.filter(({ table }) => table === 'memories').map(({ record }) => record);
    expect(new Set(facts.map((fact) => fact.user_id))).toEqual(new Set([who.userId ?? owner.userId]));
  }
});

test('an unknown name has an empty export', async () => {
  expect(await exported('nobody')).toEqual([]);
});
