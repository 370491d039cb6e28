import { afterAll, expect, test } from 'vitest';
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
