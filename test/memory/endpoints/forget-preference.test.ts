import { expect, test } from 'vitest';
import { forgetPreference } from '../../../functions/memory/endpoints/forget-preference.ts';
import { getPreferenceProfile } from '../../../functions/memory/endpoints/get-preference-profile.ts';
import { problem, serve } from '../../entities/served.ts';

const served = serve(forgetPreference, getPreferenceProfile);
const PATH = '/remme/preferences/preferences/coding.indentation';

test('204: removes the preference and records it; 404 when repeated and for other users', async () => {
  const user = await served.createUser();
  const field = { value: 'tabs', confidence: 0.5, evidence: 1, updated_at: new Date().toISOString() };
  await served.sql('prefer', 'insert into user_preferences (user_id, tenant_id, preferences) values ($1, $2, $3)', [
    user.userId,
    user.tenantId,
    JSON.stringify({ fields: { 'coding.indentation': field, 'coding.quotes': field } }),
  ]);
  for (const other of await served.others(user))
    expect(await served.call(other, 'DELETE', PATH)).toMatchObject(problem('not-found', 404));
  expect((await served.call(user, 'DELETE', PATH)).status).toBe(204);
  const { body } = await served.call(user, 'GET', '/remme/preferences');
  expect(Object.keys(body.preferences)).toEqual(['coding.quotes']);
  expect(body.evidence).toMatchObject([
    { action: 'rejected', field: 'coding.indentation', value: 'tabs', confidence_after: null },
  ]);
  expect(await served.call(user, 'DELETE', PATH)).toMatchObject(problem('not-found', 404));
});

test('401 without a token, 403 for a viewer, 422 for an unknown hub', async () => {
  await served.expectRefused('DELETE', PATH);
  const user = await served.createUser();
  expect(await served.call(user, 'DELETE', '/remme/preferences/other/x')).toMatchObject(
    problem('invalid-request', 422),
  );
});
