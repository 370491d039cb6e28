import { expect, test } from 'vitest';
import { muteMemory } from '../../../functions/chat/endpoints/mute-memory.ts';
import { unmuteMemory } from '../../../functions/chat/endpoints/unmute-memory.ts';
import { problem, serve } from '../../entities/served.ts';

const served = serve(muteMemory, unmuteMemory);

test('204: ends the muting of a preference with dots and slashes in its name; 404 when repeated and for others', async () => {
  const user = await served.createUser();
  const field = { value: 'tabs', confidence: 0.5, evidence: 1, updated_at: new Date().toISOString() };
  await served.sql('prefer', 'insert into user_preferences (user_id, tenant_id, preferences) values ($1, $2, $3)', [
    user.userId,
    user.tenantId,
    JSON.stringify({ fields: { 'coding/a.b': field } }),
  ]);
  const path = '/chat/muted-memories/preference/preferences/coding/a.b';
  expect(await served.call(user, 'PUT', path)).toMatchObject({ status: 200, body: { text: 'tabs' } });
  for (const other of await served.others(user))
    expect(await served.call(other, 'DELETE', path)).toMatchObject(problem('not-found', 404));
  expect((await served.call(user, 'DELETE', path)).status).toBe(204);
  expect(await served.call(user, 'DELETE', path)).toMatchObject(problem('not-found', 404));
});

test('401 without a token, 403 for a viewer', () => served.expectRefused('DELETE', '/chat/muted-memories/fact/mem_1'));
