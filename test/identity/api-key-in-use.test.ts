import { afterAll, expect, test } from 'vitest';
import { createKey } from './create-key.ts';
import { serveIdentity } from './serve.ts';

/** What a request with an API key gets when the state of the key, its creator or its tenant has changed. */
const served = await serveIdentity();
afterAll(() => served.close());

const profileWith = async (key: string) => (await served.call('GET /api/v1/user/profile', { token: key })).status;

test('401 for a revoked and an expired key, 403 without the scope or the role; each refusal is in the audit log', async () => {
  const creator = await served.register();
  const scopes = ['tenant:admin', 'account:read'];
  const [revoked, expired, narrow, demoted] = [
    await createKey(served, creator, { scopes }),
    await createKey(served, creator, { scopes }),
    await createKey(served, creator, { scopes: ['account:read'] }),
    await createKey(served, creator, { scopes }),
  ];
  await served.asOwner('update api_keys set revoked_at = now() where id = $1', [revoked.id]);
  await served.asOwner(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [expired.id]);
  const rename = (key: string) => served.call('PATCH /api/v1/tenant', { token: key, body: { name: 'Renamed' } });
  const early = [await rename(revoked.key), await rename(expired.key), await rename(narrow.key)];
  expect(early.map(({ status }) => status)).toEqual([401, 401, 403]);
  expect(early[2]?.body.detail).toContain('tenant:admin');

  expect((await rename(demoted.key)).status).toBe(200);
  await served.asOwner(`update users set role = 'member' where id = $1`, [creator.user.id]);
  const late = await rename(demoted.key);
  expect(late.status).toBe(403);
  const ids = [...early, late].map(({ body }) => body.request_id);
  const events = await served.asOwner('select outcome from audit_log where request_id = any ($1)', [ids]);
  expect(events).toEqual(Array(4).fill({ outcome: 'refused' }));
});

test('401 when the creator of the key is disabled, 403 when the tenant is disabled', async () => {
  const creator = await served.register();
  const { key } = await createKey(served, creator);
  await served.asOwner('update tenants set disabled_at = now() where id = $1', [creator.user.tenant_id]);
  expect(await profileWith(key)).toBe(403);
  await served.asOwner('update users set disabled_at = now() where id = $1', [creator.user.id]);
  expect(await profileWith(key)).toBe(401);
});

test('stores when a key was last used', async () => {
  const person = await served.register();
  const { key } = await createKey(served, person);
  const clock = async () => {
    const [row] = await served.asOwner('select clock_timestamp() as now');
    return Date.parse(String(row?.now));
  };
  const before = await clock();
  await profileWith(key);
  const { items } = (await served.call('GET /api/v1/auth/api-keys', { token: person.token })).body;
  expect(Date.parse(items[0].last_used_at)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(items[0].last_used_at)).toBeLessThanOrEqual(await clock());
});
