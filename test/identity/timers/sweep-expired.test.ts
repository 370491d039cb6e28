import { afterAll, expect, test } from 'vitest';
import { sweepExpired } from '../../../functions/identity/timers/sweep-expired.ts';
import { serveIdentity } from '../serve.ts';

const served = await serveIdentity([sweepExpired]);
afterAll(() => served.close());

const sweep = () => served.invoke('identity-sweep-expired');

test('200: deletes expired rows once and keeps all others', async () => {
  const { user } = await served.register();
  await served.asOwner(
    `insert into idempotency_keys (tenant_id, user_id, route, key, body_hash, status, created_at)
      select $1, $2, 'POST /x', key, 'h', 200, now() - make_interval(hours => hours)
      from (values ('old', 49), ('young', 47)) k (key, hours)`,
    [user.tenant_id, user.id],
  );
  await served.asOwner(
    `insert into rate_limits (bucket, tokens, updated_at)
      values ('test-full', 60, now() - interval '1 hour'), ('test-busy', 3, now())`,
  );
  await served.asOwner(
    `insert into local_refresh_tokens (token_hash, family, subject, signed_in_at, expires_at)
      select 'test-expired', 'test-expired', auth_subject, now(), now() - interval '1 second' from users where id = $1`,
    [user.id],
  );
  const first = await sweep();
  expect(first).toMatchObject({ status: 200, body: { status: 'done', idempotency_keys: 1, refresh_tokens: 1 } });
  expect(first.body.rate_limits).toBeGreaterThanOrEqual(1);
  expect((await sweep()).body).toEqual({ status: 'done', idempotency_keys: 0, rate_limits: 0, refresh_tokens: 0 });
  expect(await served.asOwner('select key from idempotency_keys where tenant_id = $1', [user.tenant_id])).toEqual([
    { key: 'young' },
  ]);
  expect(await served.asOwner(`select bucket from rate_limits where bucket like 'test-%'`)).toEqual([
    { bucket: 'test-busy' },
  ]);
  expect(await served.asOwner('select count(*) as rows from local_refresh_tokens where expires_at < now()')).toEqual([
    { rows: 0 },
  ]);
});

test('401: rejects the token of a user', async () => {
  const { token } = await served.register();
  expect((await served.call('POST /internal/timers/identity-sweep-expired', { token })).status).toBe(401);
});
