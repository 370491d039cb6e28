import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import { type Served, serveIdentity } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serveIdentity();
});
afterAll(() => served.close());

describe('POST /auth/register', () => {
  const account = () => ({
    email: `${crypto.randomUUID()}@example.com`,
    password: 'correct horse',
    display_name: 'Ada',
  });

  test('201: the first person of a tenant is its admin, and his token works', async () => {
    const { status, body } = await served.call('POST /api/v1/auth/register', {
      body: { ...account(), tenant_name: 'Analytical Engines' },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      token_type: 'bearer',
      expires_in: 3600,
      user: { display_name: 'Ada', role: 'admin' },
    });
    const tenant = await served.call('GET /api/v1/tenant', { token: body.access_token });
    expect(tenant.body).toMatchObject({ id: body.user.tenant_id, name: 'Analytical Engines' });
    expect(tenant.body.slug).toMatch(/^analytical-engines-[a-z0-9]{6}$/);
  });

  test('201: a name without Latin letters still makes a tenant', async () => {
    const { user, token } = await served.register({ display_name: '安藤', tenant_name: '東京' });
    expect(user.display_name).toBe('安藤');
    expect((await served.call('GET /api/v1/tenant', { token })).body).toMatchObject({ name: '東京' });
  });

  test('409: an address that has an account, whatever its case, and the first account stays as it is', async () => {
    const first = await served.register();
    const again = await served.call('POST /api/v1/auth/register', {
      body: { ...account(), email: first.email.toUpperCase(), password: 'another password' },
    });
    expect(again.status).toBe(409);
    expect(JSON.stringify(again.body)).not.toContain(first.user.id);
    const { status } = await served.call('POST /api/v1/auth/login', {
      body: { email: first.email, password: first.password },
    });
    expect(status).toBe(200);
  });

  test('409 for all but one of those who register the same address at once', async () => {
    const body = account();
    const answers = await Promise.all([1, 2, 3].map(() => served.call('POST /api/v1/auth/register', { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  test.each([
    ['a short password', { password: '1234567' }, 'body.password'],
    ['a password of more than 200 characters', { password: 'x'.repeat(201) }, 'body.password'],
    ['no e-mail address', { email: 'ada' }, 'body.email'],
    ['an empty name', { display_name: '  ' }, 'body.display_name'],
  ])('422: %s', async (_what, wrong, path) => {
    const { status, body } = await served.call('POST /api/v1/auth/register', { body: { ...account(), ...wrong } });
    expect(status).toBe(422);
    expect(body.errors[0].path).toBe(path);
    expect(JSON.stringify(body)).not.toContain(account().password);
  });

  test.each(['tenant_id', 'owner_id', 'status', 'role', 'created_at'])(
    '422: %s is not for the caller to set',
    async (field) => {
      const { status } = await served.call('POST /api/v1/auth/register', { body: { ...account(), [field]: 'admin' } });
      expect(status).toBe(422);
    },
  );

  test('400, 400, 415: JSON cut off, no body, another content type, all as problems without a stack', async () => {
    const route = 'POST /api/v1/auth/register';
    const cutOff = await served.call(route, { body: '{"email":' });
    const empty = await served.call(route, { headers: { 'content-type': 'application/json' } });
    const form = await served.call(route, {
      body: 'email=a',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([cutOff.status, empty.status, form.status]).toEqual([400, 400, 415]);
    for (const answer of [cutOff, empty, form]) {
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(JSON.stringify(answer.body)).not.toMatch(/\bat .*\.ts/);
    }
  });
});

describe('POST /auth/login', () => {
  test('200: the same person, also when his address is written otherwise', async () => {
    const { email, password, user } = await served.register();
    const { status, body } = await served.call('POST /api/v1/auth/login', {
      body: { email: email.toUpperCase(), password },
    });
    expect(status).toBe(200);
    expect(body.user.id).toBe(user.id);
  });

  test('200: makes the tenant of a registration that was cut off after the account', async () => {
    const { email, password, user } = await served.register();
    await served.asOwner('delete from tenants where id = $1', [user.tenant_id]);
    const { status, body } = await served.call('POST /api/v1/auth/login', { body: { email, password } });
    expect(status).toBe(200);
    expect(body.user).toMatchObject({ display_name: 'Ada', role: 'admin' });
    expect(body.user.id).not.toBe(user.id);
  });

  test('401: an unknown address and a wrong password get the same answer after the same work', async () => {
    const { email } = await served.register();
    const attempt = async (address: string) => {
      const start = process.cpuUsage();
      const { status, body } = await served.call('POST /api/v1/auth/login', {
        body: { email: address, password: 'wrong one' },
      });
      const { user, system } = process.cpuUsage(start);
      return { status, detail: body.detail, cpu: user + system };
    };
    const known: Awaited<ReturnType<typeof attempt>>[] = [];
    const unknown: Awaited<ReturnType<typeof attempt>>[] = [];
    for (let round = 0; round < 5; round += 1) {
      known.push(await attempt(email));
      unknown.push(await attempt(`${round}@example.com`));
    }
    expect([...known, ...unknown].map(({ status }) => status)).toEqual(Array(10).fill(401));
    expect(new Set([...known, ...unknown].map(({ detail }) => detail)).size).toBe(1);
    const least = (attempts: { cpu: number }[]) => Math.min(...attempts.map(({ cpu }) => cpu));
    // CPU time, which other programs of the machine do not change. The hash takes ten times as much as all the rest.
    expect(least(unknown) / least(known)).toBeGreaterThan(0.4);
    expect(least(unknown) / least(known)).toBeLessThan(2.5);
  });

  test('401: a disabled person', async () => {
    const { email, password, user } = await served.register();
    await served.asOwner('update users set disabled_at = now() where id = $1', [user.id]);
    expect((await served.call('POST /api/v1/auth/login', { body: { email, password } })).status).toBe(401);
  });

  test('422: a field too many', async () => {
    const body = { email: 'a@example.com', password: 'x', role: 'admin' };
    expect((await served.call('POST /api/v1/auth/login', { body })).status).toBe(422);
  });

  test('429: an address that tries too often', async () => {
    const address = 'login-flood';
    const usual = environment.RATE_LIMIT_PER_MINUTE;
    // A bucket that is refilled every 6 s: even a slow machine asks faster.
    environment.RATE_LIMIT_PER_MINUTE = 10;
    const statuses = await floodUntilLimited(() =>
      served.call('POST /api/v1/auth/login', { address, body: { email: 'not an address' } }),
    );
    environment.RATE_LIMIT_PER_MINUTE = usual;
    expect(statuses.length).toBeGreaterThan(10);
    expect(statuses.at(-1)).toBe(429);
    expect(statuses.slice(0, -1).every((status) => status === 422)).toBe(true);
  });
});

describe('POST /auth/refresh', () => {
  test('200: another access token of the same sign-in', async () => {
    const { refreshToken, token, user } = await served.register();
    const { status, body } = await served.call('POST /api/v1/auth/refresh', { body: { refresh_token: refreshToken } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 3600, user: { id: user.id } });
    expect(claimsOf(body.access_token).auth_time).toBe(claimsOf(token).auth_time);
    expect((await served.call('GET /api/v1/user/profile', { token: body.access_token })).status).toBe(200);
  });

  test('401: an unknown and an expired token', async () => {
    const { refreshToken, user } = await served.register();
    const refresh = (text: string) => served.call('POST /api/v1/auth/refresh', { body: { refresh_token: text } });
    expect((await refresh('made-up')).status).toBe(401);
    await served.asOwner(
      `update local_refresh_tokens set expires_at = now() where subject = (select auth_subject from users where id = $1)`,
      [user.id],
    );
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  test('401: a token whose person signed out, even if the identity provider was never told', async () => {
    const { refreshToken, token } = await served.register();
    await served.call('POST /api/v1/auth/logout', { token });
    await served.asOwner('update local_refresh_tokens set revoked_at = null');
    const { status } = await served.call('POST /api/v1/auth/refresh', { body: { refresh_token: refreshToken } });
    expect(status).toBe(401);
  });
});

describe('POST /auth/logout', () => {
  test('204: tokens issued before, in this very second too, stop at once, and a login right after works', async () => {
    const { email, password, token, refreshToken } = await served.register();
    const sameSecond = await served.call('POST /api/v1/auth/login', { body: { email, password } });
    expect((await served.call('POST /api/v1/auth/logout', { token })).status).toBe(204);

    const back = await served.call('POST /api/v1/auth/login', { body: { email, password } });
    const tokens = [token, sameSecond.body.access_token, back.body.access_token];
    const answers = await Promise.all(tokens.map((each) => served.call('GET /api/v1/user/profile', { token: each })));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200]);
    const refreshed = await served.call('POST /api/v1/auth/refresh', { body: { refresh_token: refreshToken } });
    expect(refreshed.status).toBe(401);
  });

  test('204: tokens are dead before the answer comes', async () => {
    const { token } = await served.register();
    const leaving = served.call('POST /api/v1/auth/logout', { token });
    let status = 200;
    let left = false;
    void leaving.then(() => {
      left = true;
    });
    while (status === 200 && !left) status = (await served.call('GET /api/v1/user/profile', { token })).status;
    expect(status).toBe(401);
    expect((await leaving).status).toBe(204);
  });

  test('401: nobody, and somebody who has left already', async () => {
    expect((await served.call('POST /api/v1/auth/logout')).status).toBe(401);
    const { token } = await served.register();
    await served.call('POST /api/v1/auth/logout', { token });
    expect((await served.call('POST /api/v1/auth/logout', { token })).status).toBe(401);
  });

  test('leaves everybody else signed in', async () => {
    const [leaver, stayer] = [await served.register(), await served.register()];
    await served.call('POST /api/v1/auth/logout', { token: leaver.token });
    expect((await served.call('GET /api/v1/user/profile', { token: stayer.token })).status).toBe(200);
  });
});

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

/** Far more than any limit; the answers until the first 429. */
async function floodUntilLimited(attempt: () => Promise<{ status: number }>): Promise<number[]> {
  const statuses: number[] = [];
  while (statuses.length < 2000 && statuses.at(-1) !== 429) statuses.push((await attempt()).status);
  return statuses;
}
