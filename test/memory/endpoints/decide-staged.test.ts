import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideStaged } from '../../../functions/memory/endpoints/decide-staged.ts';
import { listStaged } from '../../../functions/memory/endpoints/list-staged.ts';
import { scanRuns } from '../../../functions/memory/endpoints/scan-runs.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, type Person, serveFunctions } from '../../entities/people.ts';
import { stage } from '../preferences/runs.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
let person: Person;
beforeAll(async () => {
  server = await serveFunctions([decideStaged, listStaged, scanRuns]);
  person = await createPerson(database, 'member');
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const decide = (who: Person | undefined, id: string | undefined, decision = 'accept') =>
  server.call(who, 'POST', `/api/v1/remme/staging/${id}`, { decision });

test('200: accepting creates the field; 404 the second time', async () => {
  const staged = await stage(server, database, person, 'I prefer TypeScript.');
  expect(await decide(person, staged?.id)).toMatchObject({
    status: 200,
    body: { field: { value: 'typescript', confidence: 0.5, evidence: 1 } },
  });
  expect((await decide(person, staged?.id)).status).toBe(404);
});

test('200 with `field: null` when a preference without a field is rejected', async () => {
  const staged = await stage(server, database, person, 'I prefer MySQL.');
  expect(await decide(person, staged?.id, 'reject')).toMatchObject({ status: 200, body: { field: null } });
});

test('404 for another user’s staged preference, which stays, and for an unknown id', async () => {
  const staged = await stage(server, database, person, 'I prefer tabs.');
  for (const other of [await createPerson(database, 'admin', person.tenantId), await createPerson(database, 'admin')])
    expect((await decide(other, staged?.id)).status).toBe(404);
  expect((await decide(person, createId('pref'))).status).toBe(404);
  expect((await decide(person, staged?.id)).status).toBe(200);
});

test('401 without a token, 403 for a viewer, 422 for another decision or id', async () => {
  const viewer = await createPerson(database, 'viewer', person.tenantId);
  expect((await decide(undefined, createId('pref'))).status).toBe(401);
  expect((await decide(viewer, createId('pref'))).status).toBe(403);
  expect((await decide(person, createId('pref'), 'maybe')).status).toBe(422);
  expect((await decide(person, 'x')).status).toBe(422);
});
