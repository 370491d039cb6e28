import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideStaged } from '../../../functions/memory/endpoints/decide-staged.ts';
import { getPreferenceProfile } from '../../../functions/memory/endpoints/get-preference-profile.ts';
import { listStaged } from '../../../functions/memory/endpoints/list-staged.ts';
import { scanRuns } from '../../../functions/memory/endpoints/scan-runs.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person, serveFunctions } from '../../entities/people.ts';
import { stage } from '../preferences/runs.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([getPreferenceProfile, decideStaged, listStaged, scanRuns]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const profile = (person: Person | undefined) => server.call(person, 'GET', '/api/v1/remme/preferences');
const EMPTY = { preferences: {}, operating_ctx: {}, soft_identity: {}, evidence: [] };

test('200 with the accepted fields and the newest events first, for the caller only', async () => {
  const person = await createPerson(database, 'member');
  expect(await profile(person)).toMatchObject({ status: 200, body: EMPTY });
  for (const text of ['I prefer TypeScript.', 'I am vegan.']) {
    const staged = await stage(server, database, person, text);
    await server.call(person, 'POST', `/api/v1/remme/staging/${staged?.id}`, { decision: 'accept' });
  }
  expect((await profile(person)).body).toMatchObject({
    preferences: { 'coding.language': { value: 'typescript', confidence: expect.closeTo(0.5, 4), evidence: 1 } },
    operating_ctx: {},
    soft_identity: { food: { value: 'vegan', confidence: expect.closeTo(0.3, 4) } },
    evidence: [
      { action: 'accepted', excerpt: 'I am vegan.' },
      { action: 'accepted', excerpt: 'I prefer TypeScript.', confidence_before: null, confidence_after: 0.5 },
    ],
  });
  const colleague = await createPerson(database, 'admin', person.tenantId);
  expect((await profile(colleague)).body).toEqual(EMPTY);
});

test('401 without a token', async () => {
  expect((await profile(undefined)).status).toBe(401);
});
