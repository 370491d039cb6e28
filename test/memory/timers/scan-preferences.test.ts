import { afterAll, beforeAll, expect, test } from 'vitest';
import { listStaged } from '../../../functions/memory/endpoints/list-staged.ts';
import { scanPreferences } from '../../../functions/memory/timers/scan-preferences.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { insertRun } from '../preferences/runs.ts';

const database = await openDatabase();
let server: TestServer;
beforeAll(async () => {
  server = await startServer([scanPreferences, listStaged]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const stagedValues = async ({ token }: Person) =>
  (await server.call('GET', '/api/v1/remme/staging', { token })).body.items.map(
    ({ value }: { value: string }) => value,
  );

test('200: scans the runs of all users, and each run once', async () => {
  const [one, other] = [await createPerson(database, 'member'), await createPerson(database, 'member')];
  await insertRun(database, one, 'I prefer Go. We use yarn.');
  await insertRun(database, other, 'I prefer MySQL.');
  expect(await server.invoke('memory-scan-preferences')).toMatchObject({
    status: 200,
    body: { status: 'done', scanned_runs: 2, staged: 3, failed: 0 },
  });
  expect((await stagedValues(one)).toSorted()).toEqual(['go', 'yarn']);
  expect(await stagedValues(other)).toEqual(['mysql']);
  expect((await server.invoke('memory-scan-preferences')).body).toMatchObject({ scanned_runs: 0, staged: 0 });
});

test('401 without the token of the scheduler', async () => {
  expect((await server.call('POST', '/internal/timers/memory-scan-preferences')).status).toBe(401);
});
