import { afterAll, expect, test } from 'vitest';
import { serveIdentity } from '../serve.ts';

const served = await serveIdentity();
afterAll(() => served.close());

const TENANT = 'GET /api/v1/tenant';

test('200: returns the caller’s own tenant with the default settings, to a viewer too', async () => {
  const [admin, stranger] = [await served.register(), await served.register()];
  const viewer = await served.registerMember(admin, 'viewer');
  const { status, body } = await served.call(TENANT, { token: stranger.token });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id: stranger.user.tenant_id,
    worker_config: {},
    max_concurrent_sprints: 3,
    budget_usd_per_day: null,
    default_model: { provider: 'rehearsal', model: 'script' },
  });
  expect((await served.call(TENANT, { token: viewer.token })).body.id).toBe(admin.user.tenant_id);
});

test('200: names the model of the tenant as the default', async () => {
  const { token } = await served.register();
  const choice = { provider: 'openai', model: 'qwen3:8b', capabilities: { tools: true } };
  await served.call('PATCH /api/v1/tenant', { token, body: { worker_config: { default: choice } } });
  const { body } = await served.call(TENANT, { token });
  expect(body.default_model).toEqual({ provider: 'openai', model: 'qwen3:8b' });
});

test('401: rejects a call without a token', async () => {
  expect((await served.call(TENANT)).status).toBe(401);
});

test('403: rejects an API key without the scope tenant:read', async () => {
  const { token } = await served.register();
  const { body } = await served.call('POST /api/v1/auth/api-keys', {
    token,
    body: { name: 'runner', scopes: ['runs:read'] },
  });
  expect((await served.call(TENANT, { token: body.key })).status).toBe(403);
});
