import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { discoverFunctions } from '../../functions/platform/discover.ts';
import { environment } from '../../functions/platform/environment.ts';
import { callEndpoint, publicEndpoints } from '../attacks/every-endpoint.ts';
import { startServer } from '../support/server.ts';
import { serveIdentity } from './serve.ts';

const served = await serveIdentity();
const all = await startServer((await discoverFunctions()).map(({ declaration }) => declaration));
const { PUBLIC_URL: usualUrl } = environment;
afterEach(() => {
  environment.PUBLIC_URL = usualUrl;
});
afterAll(async () => {
  await served.close();
  await all.close();
});

const CONSOLE = { 'x-apexflow-console': '1', 'sec-fetch-site': 'same-origin' };
const REFRESH = 'POST /api/v1/auth/refresh';
const LOGIN = 'POST /api/v1/auth/login';

/** Registers a user as the console does. Returns the cookie as the browser sends it. */
async function signUp() {
  const account = {
    email: `${crypto.randomUUID()}@example.com`,
    password: 'correct horse battery',
    display_name: 'Ada',
  };
  const { status, body, headers } = await served.call('POST /api/v1/auth/register', {
    body: account,
    headers: CONSOLE,
  });
  expect(status).toBe(201);
  return { ...account, token: String(body.access_token), user: body.user, body, cookie: cookieOf(headers) };
}

const cookieOf = (headers: Headers) => headers.get('set-cookie')?.split(';')[0] ?? '';
const refresh = (cookie: string, headers: Record<string, string> = CONSOLE) =>
  served.call(REFRESH, { body: {}, headers: { ...headers, cookie } });
/** Lets the grace period of every exchange of the user end. */
const age = (userId: string) =>
  served.asOwner(
    `update local_refresh_tokens set exchanged_at = exchanged_at - interval '11 seconds'
     where subject = (select auth_subject from users where id = $1)`,
    [userId],
  );

describe('signing in', () => {
  test('sets the refresh token as a cookie that scripts and other sites cannot use, and leaves it out of the body', async () => {
    const { email, password, body } = await signUp();
    expect(body).not.toHaveProperty('refresh_token');
    const login = await served.call(LOGIN, { body: { email, password }, headers: CONSOLE });
    expect(login.status).toBe(200);
    expect(login.body).not.toHaveProperty('refresh_token');
    expect(login.headers.get('set-cookie')).toMatch(
      /^apexflow_refresh_\d+=[\w-]{20,}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
    );
  });

  test('over HTTPS the cookie is Secure and bound to the host', async () => {
    environment.PUBLIC_URL = 'https://apexflow.example';
    const { email, password } = await signUp();
    const login = await served.call(LOGIN, { body: { email, password }, headers: CONSOLE });
    expect(login.headers.get('set-cookie')).toMatch(
      /^__Host-apexflow_refresh=[\w-]{20,}; Path=\/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  test('without the header the refresh token is in the body, and no cookie is set', async () => {
    const { email, password } = await signUp();
    const login = await served.call(LOGIN, { body: { email, password }, headers: { 'sec-fetch-site': 'same-origin' } });
    expect(login.body.refresh_token).toMatch(/^[\w-]{20,}$/);
    expect(login.headers.get('set-cookie')).toBeNull();
  });

  test.each(['cross-site', 'same-site', 'none', 'same-origin, same-origin', ''])(
    '403 for a request of a page that the browser calls "%s", before anything is done',
    async (site) => {
      const { email, password } = await signUp();
      const headers = { 'x-apexflow-console': '1', ...(site === '' ? {} : { 'sec-fetch-site': site }) };
      const login = await served.call(LOGIN, { body: { email, password }, headers });
      expect(login.status).toBe(403);
      expect(login.headers.get('set-cookie')).toBeNull();
      const fresh = { email: `${crypto.randomUUID()}@example.com`, password, display_name: 'Eve' };
      expect((await served.call('POST /api/v1/auth/register', { body: fresh, headers })).status).toBe(403);
      expect(await served.asOwner('select 1 from local_accounts where email = $1', [fresh.email])).toEqual([]);
    },
  );

  test('401 for a wrong password sets no cookie', async () => {
    const { email } = await signUp();
    const login = await served.call(LOGIN, { body: { email, password: 'wrong' }, headers: CONSOLE });
    expect([login.status, login.headers.get('set-cookie')]).toEqual([401, null]);
  });
});

describe('refreshing', () => {
  test('exchanges the cookie for an access token and the next cookie', async () => {
    const { cookie, user } = await signUp();
    const second = await refresh(cookie);
    expect(second.status).toBe(200);
    expect(second.body.user.id).toBe(user.id);
    expect(second.body).not.toHaveProperty('refresh_token');
    expect(cookieOf(second.headers)).not.toBe(cookie);
    const answer = await served.call('GET /api/v1/user/profile', { token: second.body.access_token });
    expect(answer.status).toBe(200);
    expect((await refresh(`other=1; ${cookieOf(second.headers)}; last=2`)).status).toBe(200);
    expect((await served.call(REFRESH, { headers: { ...CONSOLE, cookie } })).status).toBe(200);
  });

  test('needs the header and a page of this origin: otherwise the cookie is not read', async () => {
    const { cookie, user } = await signUp();
    expect((await refresh(cookie, {})).status).toBe(422);
    expect((await refresh(cookie, { 'sec-fetch-site': 'same-origin' })).status).toBe(422);
    for (const site of ['cross-site', 'same-site', 'none'])
      expect((await refresh(cookie, { ...CONSOLE, 'sec-fetch-site': site })).status).toBe(403);
    expect((await refresh(cookie, { 'x-apexflow-console': '1' })).status).toBe(403);
    const [{ tokens } = { tokens: 0 }] = await served.asOwner(
      `select count(*)::int as tokens from local_refresh_tokens
       where subject = (select auth_subject from users where id = $1)`,
      [user.id],
    );
    expect(tokens).toBe(1);
  });

  test('204 without a cookie, with another server’s cookie and with a damaged one; the answer clears the cookie', async () => {
    const { cookie } = await signUp();
    const [name = '', value = ''] = cookie.split('=');
    const others = ['', `apexflow_refresh_1=${value}`, `${name}=`, `${name}=%ff`, `${name}=${'x'.repeat(5000)}`];
    for (const other of others) {
      const { status, headers } = await refresh(other);
      expect([other, status]).toEqual([other, 204]);
      expect(headers.get('set-cookie')).toBe(`${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`);
    }
    expect((await refresh(cookie)).status).toBe(200);
  });

  test('a cookie that comes again after the grace period ends its whole sign-in', async () => {
    const { cookie, user } = await signUp();
    const next = cookieOf((await refresh(cookie)).headers);
    await age(user.id);
    const replay = await refresh(cookie);
    expect(replay.status).toBe(401);
    expect(replay.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await refresh(next)).status).toBe(401);
  });

  test('a refresh token in the body is exchanged as before, also beside a cookie, and sets no cookie', async () => {
    const { cookie, email, password } = await signUp();
    const { body } = await served.call(LOGIN, { body: { email, password } });
    const answer = await served.call(REFRESH, {
      body: { refresh_token: body.refresh_token },
      headers: { ...CONSOLE, cookie },
    });
    expect(answer.status).toBe(200);
    expect(answer.body.refresh_token).toMatch(/^[\w-]{20,}$/);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });
});

describe('signing out', () => {
  test('clears the cookie, which is not valid any more', async () => {
    const { cookie, token } = await signUp();
    const answer = await served.call('POST /api/v1/auth/logout', { token, headers: { ...CONSOLE, cookie } });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toContain('=; Path=/; Max-Age=0;');
    expect((await refresh(cookie)).status).toBe(401);
  });

  test('leaves cookies alone for other clients', async () => {
    const { token } = await signUp();
    const answer = await served.call('POST /api/v1/auth/logout', { token });
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([204, null]);
  });
});

test('two servers on one machine have cookies of their own', async () => {
  const { cookie } = await signUp();
  const other = await all.call('POST', '/api/v1/auth/refresh', { body: {}, headers: { ...CONSOLE, cookie } });
  expect(other.status).toBe(204);
  expect(other.headers.get('set-cookie')?.split('=')[0]).not.toBe(cookie.split('=')[0]);
});

test('no endpoint accepts the cookie in place of a bearer token', async () => {
  environment.PUBLIC_URL = 'https://apexflow.example';
  const { cookie } = await signUp();
  const endpoints = (await publicEndpoints()).filter(({ contract }) => contract.access !== 'public');
  expect(endpoints.length).toBeGreaterThan(60);
  for (const endpoint of endpoints) {
    const { status } = await callEndpoint(all, endpoint, { headers: { ...CONSOLE, cookie } });
    expect([endpoint.name, status]).toEqual([endpoint.name, 401]);
  }
});
