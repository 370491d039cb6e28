import { afterAll, expect, test } from 'vitest';
import { serveIdentity } from '../serve.ts';

const served = await serveIdentity();
afterAll(() => served.close());

const REGISTER = 'POST /api/v1/auth/register';
const newAccount = () => ({
  email: `${crypto.randomUUID()}@example.com`,
  password: 'correct horse',
  display_name: 'Ada',
});

test('201: makes the first user of a tenant its admin, with a token that works', async () => {
  const { status, body } = await served.call(REGISTER, {
    body: { ...newAccount(), tenant_name: 'Analytical Engines' },
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

test('201: creates a tenant whose name has no Latin letters', async () => {
  const { user, token } = await served.register({ display_name: '安藤', tenant_name: '東京' });
  expect(user.display_name).toBe('安藤');
  expect((await served.call('GET /api/v1/tenant', { token })).body).toMatchObject({ name: '東京' });
});

test('400, 415: answers cut-off JSON, a missing body and another content type with a problem without a stack', async () => {
  const cutOff = await served.call(REGISTER, { body: '{"email":' });
  const empty = await served.call(REGISTER, { headers: { 'content-type': 'application/json' } });
  const form = await served.call(REGISTER, {
    body: 'email=a',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect([cutOff.status, empty.status, form.status]).toEqual([400, 400, 415]);
  for (const answer of [cutOff, empty, form]) {
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(JSON.stringify(answer.body)).not.toMatch(/\bat .*\.ts/);
  }
});

test('409: rejects an address that has an account, in any case, and keeps the first account', async () => {
  const first = await served.register();
  const again = await served.call(REGISTER, {
    body: { ...newAccount(), email: first.email.toUpperCase(), password: 'another password' },
  });
  expect(again.status).toBe(409);
  expect(JSON.stringify(again.body)).not.toContain(first.user.id);
  const { status } = await served.call('POST /api/v1/auth/login', {
    body: { email: first.email, password: first.password },
  });
  expect(status).toBe(200);
});

test('409: creates one account when an address is registered concurrently', async () => {
  const body = newAccount();
  const answers = await Promise.all([1, 2, 3].map(() => served.call(REGISTER, { body })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
});

test.each([
  ['a password of 7 characters', { password: '1234567' }, 'body.password'],
  ['a password of more than 200 characters', { password: 'x'.repeat(201) }, 'body.password'],
  ['an invalid e-mail address', { email: 'ada' }, 'body.email'],
  ['an empty name', { display_name: '  ' }, 'body.display_name'],
])('422: rejects %s', async (_what, wrong, path) => {
  const account = newAccount();
  const { status, body } = await served.call(REGISTER, { body: { ...account, ...wrong } });
  expect(status).toBe(422);
  expect(body.errors[0].path).toBe(path);
  expect(JSON.stringify(body)).not.toContain(account.password);
});

test.each(['tenant_id', 'owner_id', 'status', 'role', 'created_at'])('422: rejects the field %s', async (field) => {
  const { status } = await served.call(REGISTER, { body: { ...newAccount(), [field]: 'admin' } });
  expect(status).toBe(422);
});
