import { afterAll, expect, test } from 'vitest';
import { serveIdentity } from '../serve.ts';

const served = await serveIdentity();
afterAll(() => served.close());

const logout = (token?: string) => served.call('POST /api/v1/auth/logout', { token });
const statusWith = async (token: string) => (await served.call('GET /api/v1/user/profile', { token })).status;

test('204: ends all earlier sign-ins, also of the same second, and a login directly after it works', async () => {
  const { email, password, token, refreshToken } = await served.register();
  const sameSecond = await served.call('POST /api/v1/auth/login', { body: { email, password } });
  expect((await logout(token)).status).toBe(204);

  const back = await served.call('POST /api/v1/auth/login', { body: { email, password } });
  const tokens = [token, sameSecond.body.access_token, back.body.access_token];
  expect(await Promise.all(tokens.map(statusWith))).toEqual([401, 401, 200]);
  const refreshed = await served.call('POST /api/v1/auth/refresh', { body: { refresh_token: refreshToken } });
  expect(refreshed.status).toBe(401);
});

test('204: ends the sign-ins before it answers', async () => {
  const { token } = await served.register();
  const leaving = logout(token);
  let status = 200;
  let left = false;
  void leaving.then(() => {
    left = true;
  });
  while (status === 200 && !left) status = await statusWith(token);
  expect(status).toBe(401);
  expect((await leaving).status).toBe(204);
});

test('204: leaves other users signed in', async () => {
  const [leaver, stayer] = [await served.register(), await served.register()];
  await logout(leaver.token);
  expect(await statusWith(stayer.token)).toBe(200);
});

test('401: rejects a call without a token and a second call with the same token', async () => {
  expect((await logout()).status).toBe(401);
  const { token } = await served.register();
  await logout(token);
  expect((await logout(token)).status).toBe(401);
});

test.each([['account:read'], ['account:write']])(
  '403: rejects an API key with the scope %s, and ends no sign-in',
  async (scope) => {
    const { token, refreshToken } = await served.register();
    const { body } = await served.call('POST /api/v1/auth/api-keys', {
      token,
      body: { name: 'program', scopes: [scope] },
    });
    expect((await logout(body.key)).status).toBe(403);
    expect(await statusWith(token)).toBe(200);
    const refreshed = await served.call('POST /api/v1/auth/refresh', { body: { refresh_token: refreshToken } });
    expect(refreshed.status).toBe(200);
  },
);

test('401: rejects an API key that was revoked', async () => {
  const { token } = await served.register();
  const created = await served.call('POST /api/v1/auth/api-keys', {
    token,
    body: { name: 'program', scopes: ['account:write'] },
  });
  await served.call(`DELETE /api/v1/auth/api-keys/${created.body.id}`, { token });
  expect((await logout(created.body.key)).status).toBe(401);
});
