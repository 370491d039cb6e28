import { afterAll, expect, test } from 'vitest';
import { serveIdentity } from './serve.ts';
import { auditOf, openAs, putSecret } from './stored-secrets.ts';

const served = await serveIdentity();
afterAll(() => served.close());
const admin = await served.register();

test('logs who uses which version of a secret and why, without the value', async () => {
  await putSecret(served, admin, 'used_one', 'the-used-value');
  await openAs(admin, 'used_one');
  const lines = await auditOf('identity-use-secret', 'used_one');
  expect(lines).toMatchObject([
    { user_id: admin.user.id, data: { version: 1, purpose: 'push_repository', run_id: 'run_x' } },
  ]);
  expect(JSON.stringify(lines)).not.toContain('the-used-value');
});

test('fails for a row that was copied to another name, version or tenant', async () => {
  const thief = await served.register();
  await putSecret(served, admin, 'origin', 'the-precious-value');
  const copy = `insert into tenant_secrets
      (id, tenant_id, name, version, ciphertext, wrapped_key, key_name, updated_by)
    select gen_random_uuid()::text, $1, $2, $3::integer, ciphertext, wrapped_key, key_name, updated_by
    from tenant_secrets where name = 'origin' and tenant_id = $4`;
  await served.asOwner(copy, [thief.user.tenant_id, 'origin', 1, admin.user.tenant_id]);
  await served.asOwner(copy, [admin.user.tenant_id, 'copied_name', 1, admin.user.tenant_id]);
  await expect(openAs(thief, 'origin')).rejects.toThrow();
  await expect(openAs(admin, 'copied_name')).rejects.toThrow();
  await served.asOwner(`update tenant_secrets set version = 7 where name = 'origin' and tenant_id = $1`, [
    admin.user.tenant_id,
  ]);
  await expect(openAs(admin, 'origin')).rejects.toThrow();
});
