import { afterAll, expect, test } from 'vitest';
import { serveIdentity } from '../serve.ts';

const served = await serveIdentity();
afterAll(() => served.close());

const PROFILE = 'GET /api/v1/user/profile';

test('200: takes role and tenant from the row of the user', async () => {
  const admin = await served.register();
  const viewer = await served.registerMember(admin, 'viewer');
  const { status, body } = await served.call(PROFILE, { token: viewer.token });
  expect(status).toBe(200);
  expect(body).toEqual({
    id: viewer.user.id,
    email: viewer.email,
    display_name: 'Ada',
    role: 'viewer',
    tenant_id: admin.user.tenant_id,
    created_at: expect.stringMatching(/^\d{4}-.*Z$/),
  });
});

test('401: rejects a call without a token', async () => {
  expect((await served.call(PROFILE)).status).toBe(401);
});

test('403: rejects an API key without the scope account:read', async () => {
  const { token } = await served.register();
  const { body } = await served.call('POST /api/v1/auth/api-keys', {
    token,
    body: { name: 'runner', scopes: ['runs:read'] },
  });
  expect((await served.call(PROFILE, { token: body.key })).status).toBe(403);
});
