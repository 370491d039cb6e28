import { afterAll, expect, test } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import { serveIdentity } from '../serve.ts';

const served = await serveIdentity();
afterAll(() => served.close());

const LOGIN = 'POST /api/v1/auth/login';

test('200: signs the same user in, also with the address in another case', async () => {
  const { email, password, user } = await served.register();
  const { status, body } = await served.call(LOGIN, { body: { email: email.toUpperCase(), password } });
  expect(status).toBe(200);
  expect(body.user.id).toBe(user.id);
});

test('200: creates the tenant of a registration that failed after the account was created', async () => {
  const { email, password, user } = await served.register();
  await served.asOwner('delete from tenants where id = $1', [user.tenant_id]);
  const { status, body } = await served.call(LOGIN, { body: { email, password } });
  expect(status).toBe(200);
  expect(body.user).toMatchObject({ display_name: 'Ada', role: 'admin' });
  expect(body.user.id).not.toBe(user.id);
});

test('401: gives the same answer after the same work for an unknown address and a wrong password', async () => {
  const { email } = await served.register();
  const attempt = async (address: string) => {
    const start = process.cpuUsage();
    const { status, body } = await served.call(LOGIN, { body: { email: address, password: 'wrong one' } });
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
  // CPU time does not depend on other programs of the machine. The hash takes ten times as much as the rest.
  expect(least(unknown) / least(known)).toBeGreaterThan(0.4);
  expect(least(unknown) / least(known)).toBeLessThan(2.5);
});

test('401: rejects a disabled user', async () => {
  const { email, password, user } = await served.register();
  await served.asOwner('update users set disabled_at = now() where id = $1', [user.id]);
  expect((await served.call(LOGIN, { body: { email, password } })).status).toBe(401);
});

test('422: rejects an unknown field', async () => {
  const body = { email: 'a@example.com', password: 'x', role: 'admin' };
  expect((await served.call(LOGIN, { body })).status).toBe(422);
});

test('429: limits the attempts of one client address', async () => {
  const usual = environment.RATE_LIMIT_PER_MINUTE;
  // One token in 6 s: even a slow machine sends requests faster than that.
  environment.RATE_LIMIT_PER_MINUTE = 10;
  const statuses: number[] = [];
  while (statuses.length < 2000 && statuses.at(-1) !== 429)
    statuses.push((await served.call(LOGIN, { address: 'login-flood', body: { email: 'not an address' } })).status);
  environment.RATE_LIMIT_PER_MINUTE = usual;
  expect(statuses.length).toBeGreaterThan(10);
  expect(statuses.at(-1)).toBe(429);
  expect(statuses.slice(0, -1).every((status) => status === 422)).toBe(true);
});
