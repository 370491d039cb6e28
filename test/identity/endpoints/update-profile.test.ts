import { afterAll, expect, test } from 'vitest';
import { PROTECTED_FIELDS } from '../protected-fields.ts';
import { type Person, serveIdentity } from '../serve.ts';

const served = await serveIdentity();
afterAll(() => served.close());
const admin = await served.register();
const viewer = await served.registerMember(admin, 'viewer');

const update = (body: unknown, token: string | undefined = admin.token) =>
  served.call('PUT /api/v1/user/profile', { token, body });
const profileOf = async ({ token }: Person) => (await served.call('GET /api/v1/user/profile', { token })).body;

test('200: lets a viewer change their own name, and no other user’s', async () => {
  const changed = await update({ display_name: '  Ada Lovelace ' }, viewer.token);
  expect(changed.status).toBe(200);
  expect(changed.body.display_name).toBe('Ada Lovelace');
  expect(await profileOf(viewer)).toEqual(changed.body);
  expect((await profileOf(admin)).display_name).toBe('Ada');
});

test('401: rejects a call without a token', async () => {
  expect((await served.call('PUT /api/v1/user/profile', { body: { display_name: 'x' } })).status).toBe(401);
});

test('403: rejects an API key without the scope account:write', async () => {
  const { body } = await served.call('POST /api/v1/auth/api-keys', {
    token: admin.token,
    body: { name: 'reader', scopes: ['account:read'] },
  });
  expect((await update({ display_name: 'Eve' }, body.key)).status).toBe(403);
});

test.each(PROTECTED_FIELDS)('422: rejects the field %s and changes nothing', async (field) => {
  const before = await profileOf(admin);
  expect((await update({ display_name: 'Eve', [field]: 'admin' })).status).toBe(422);
  expect(await profileOf(admin)).toEqual(before);
});

test('422: rejects text that PostgreSQL cannot store', async () => {
  expect((await update('{"display_name":"a\\u0000b"}')).status).toBe(422);
});
