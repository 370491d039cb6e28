import { afterAll, describe, expect, test } from 'vitest';
import { serveIdentity } from '../serve.ts';

const served = await serveIdentity();
afterAll(() => served.close());

const refresh = (refreshToken: unknown) =>
  served.call('POST /api/v1/auth/refresh', { body: { refresh_token: refreshToken } });

test('200: returns another access token of the same sign-in', async () => {
  const { refreshToken, token, user } = await served.register();
  const { status, body } = await refresh(refreshToken);
  expect(status).toBe(200);
  expect(body).toMatchObject({ token_type: 'bearer', expires_in: 3600, user: { id: user.id } });
  expect(claimsOf(body.access_token).auth_time).toBe(claimsOf(token).auth_time);
  expect((await served.call('GET /api/v1/user/profile', { token: body.access_token })).status).toBe(200);
});

describe('a refresh token is exchanged once', () => {
  /** Lets the grace period of every exchange of the user end. */
  const age = (userId: string) =>
    served.asOwner(
      `update local_refresh_tokens set exchanged_at = exchanged_at - interval '11 seconds'
       where subject = (select auth_subject from users where id = $1)`,
      [userId],
    );
  const events = (userId: string) =>
    served.asOwner("select * from audit_log where action = 'identity-refresh-token-reused' and user_id = $1", [userId]);

  test('200: each exchange returns the next token of the same sign-in, which expires with the first', async () => {
    const { refreshToken, user } = await served.register();
    const second = (await refresh(refreshToken)).body.refresh_token;
    const third = (await refresh(second)).body.refresh_token;
    expect(new Set([refreshToken, second, third]).size).toBe(3);
    expect((await refresh(third)).status).toBe(200);
    const [row] = await served.asOwner(
      `select count(distinct expires_at)::int as ends, count(distinct family)::int as families, count(*)::int as tokens
       from local_refresh_tokens where subject = (select auth_subject from users where id = $1)`,
      [user.id],
    );
    expect(row).toEqual({ ends: 1, families: 1, tokens: 4 });
  });

  test('200: concurrent and repeated exchanges within ten seconds get the same successor', async () => {
    const { refreshToken, user } = await served.register();
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(refreshToken)));
    answers.push(await refresh(refreshToken));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    expect(await events(user.id)).toEqual([]);
  });

  test('401: a token that comes again later ends every token of its sign-in, and writes one security event', async () => {
    const { refreshToken, user, email, password } = await served.register();
    const other = await served.call('POST /api/v1/auth/login', { body: { email, password } });
    const next = (await refresh(refreshToken)).body.refresh_token;
    await age(user.id);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await refresh(next)).status).toBe(401);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await refresh(other.body.refresh_token)).status).toBe(200);
    expect(await events(user.id)).toMatchObject([{ tenant_id: user.tenant_id, outcome: 'refused' }]);
  });

  test('stores no token, and nothing that a token can be computed from', async () => {
    const { refreshToken } = await served.register();
    const next = (await refresh(refreshToken)).body.refresh_token;
    const rows = await served.asOwner('select * from local_refresh_tokens');
    expect(rows.length).toBeGreaterThan(1);
    for (const token of [refreshToken, next]) expect(JSON.stringify(rows)).not.toContain(token);
  });
});

test('401: rejects an unknown and an expired refresh token', async () => {
  const { refreshToken, user } = await served.register();
  expect((await refresh('made-up')).status).toBe(401);
  await served.asOwner(
    `update local_refresh_tokens set expires_at = now()
     where subject = (select auth_subject from users where id = $1)`,
    [user.id],
  );
  expect((await refresh(refreshToken)).status).toBe(401);
});

test('401: rejects a token from before a sign-out that the identity provider did not learn of', async () => {
  const { refreshToken, token } = await served.register();
  await served.call('POST /api/v1/auth/logout', { token });
  await served.asOwner('update local_refresh_tokens set revoked_at = null');
  expect((await refresh(refreshToken)).status).toBe(401);
});

test.each([[''], [7], [undefined], ['x'.repeat(4097)]])('422: rejects the refresh token %j', async (refreshToken) => {
  expect((await refresh(refreshToken)).status).toBe(422);
});

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
