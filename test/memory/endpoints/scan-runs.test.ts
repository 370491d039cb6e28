import { afterAll, beforeAll, expect, test } from 'vitest';
import { listStaged } from '../../../functions/memory/endpoints/list-staged.ts';
import { revertSource } from '../../../functions/memory/endpoints/revert-source.ts';
import { scanRuns } from '../../../functions/memory/endpoints/scan-runs.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person, serveFunctions } from '../../entities/people.ts';
import { insertRun } from '../preferences/runs.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([scanRuns, listStaged, revertSource]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const scan = (person: Person | undefined) => server.call(person, 'POST', '/api/v1/remme/scan');
const staged = async (person: Person) => (await server.call(person, 'GET', '/api/v1/remme/staging')).body.items;

test('200: stages the preferences in the caller’s ended runs, reads each run once, and stages nothing twice', async () => {
  const person = await createPerson(database, 'member');
  const colleague = await createPerson(database, 'admin', person.tenantId);
  await insertRun(database, person, 'Build it. I prefer TypeScript.');
  await insertRun(database, person, 'I love Python.', 'running');
  await insertRun(database, colleague, 'I prefer Rust.');
  expect(await scan(person)).toMatchObject({ status: 200, body: { scanned_runs: 1, staged: 1 } });
  expect((await scan(person)).body).toEqual({ scanned_runs: 0, staged: 0 });
  expect(await staged(person)).toMatchObject([
    { hub: 'preferences', field: 'coding.language', value: 'typescript', text: 'I prefer TypeScript.' },
  ]);
  await insertRun(database, person, 'As I said, I prefer TypeScript.');
  expect((await scan(person)).body).toEqual({ scanned_runs: 1, staged: 0 });
});

test('reverting a run removes what it staged', async () => {
  const person = await createPerson(database, 'member');
  const source = await insertRun(database, person, 'I prefer Vue.');
  await insertRun(database, person, 'I prefer SQLite.');
  await scan(person);
  await server.call(person, 'POST', '/api/v1/memory/revert', { source_id: source });
  expect(await staged(person)).toMatchObject([{ value: 'sqlite' }]);
});

test('401 without a token, 403 for a viewer', async () => {
  expect((await scan(undefined)).status).toBe(401);
  expect((await scan(await createPerson(database, 'viewer'))).status).toBe(403);
});
