import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, type Served, serveIdentity } from './serve.ts';

let served: Served;
let admin: Person;
let member: Person;
let viewer: Person;
beforeAll(async () => {
  served = await serveIdentity();
  [admin, member, viewer] = [await served.register(), await served.register(), await served.register()];
  const join = `update users set tenant_id = $2, role = $3 where id = $1`;
  await served.asOwner(join, [member.user.id, admin.user.tenant_id, 'member']);
  await served.asOwner(join, [viewer.user.id, admin.user.tenant_id, 'viewer']);
});
afterAll(() => served.close());

const FORBIDDEN_FIELDS = ['id', 'tenant_id', 'owner_id', 'status', 'role', 'created_at', 'email', 'slug'];

describe('/user/profile', () => {
  test('GET 200: role and tenant come from the membership', async () => {
    const { status, body } = await served.call('GET /api/v1/user/profile', { token: viewer.token });
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

  test('PUT 200: a viewer may name himself', async () => {
    const body = { display_name: '  Ada Lovelace ' };
    const changed = await served.call('PUT /api/v1/user/profile', { token: viewer.token, body });
    expect(changed.status).toBe(200);
    expect(changed.body.display_name).toBe('Ada Lovelace');
    const { body: others } = await served.call('GET /api/v1/user/profile', { token: member.token });
    expect(others.display_name).toBe('Ada');
  });

  test.each(FORBIDDEN_FIELDS)('PUT 422: %s is not for a person to change, and nothing changes', async (field) => {
    const before = await served.call('GET /api/v1/user/profile', { token: member.token });
    const body = { display_name: 'Eve', [field]: 'admin' };
    expect((await served.call('PUT /api/v1/user/profile', { token: member.token, body })).status).toBe(422);
    const after = await served.call('GET /api/v1/user/profile', { token: member.token });
    expect(after.body).toEqual(before.body);
  });

  test('PUT 422: text that no database stores', async () => {
    const body = '{"display_name":"a\\u0000b"}';
    expect((await served.call('PUT /api/v1/user/profile', { token: member.token, body })).status).toBe(422);
  });

  test('401: nobody', async () => {
    expect((await served.call('GET /api/v1/user/profile')).status).toBe(401);
    expect((await served.call('PUT /api/v1/user/profile', { body: { display_name: 'x' } })).status).toBe(401);
  });
});

describe('GET /tenant', () => {
  test('200: everybody reads his own, with the defaults', async () => {
    const stranger = await served.register();
    const { status, body } = await served.call('GET /api/v1/tenant', { token: stranger.token });
    expect(status).toBe(200);
    expect(body).toMatchObject({ worker_config: {}, max_concurrent_sprints: 3, budget_usd_per_day: null });
    expect(body.id).toBe(stranger.user.tenant_id);
    const ofViewer = await served.call('GET /api/v1/tenant', { token: viewer.token });
    expect(ofViewer.body.id).toBe(admin.user.tenant_id);
  });

  test('401: nobody', async () => {
    expect((await served.call('GET /api/v1/tenant')).status).toBe(401);
  });
});

describe('PATCH /tenant', () => {
  const patch = (token: string | undefined, body: unknown) => served.call('PATCH /api/v1/tenant', { token, body });

  test('200: changes what is named and leaves the rest', async () => {
    const workers = {
      backend: { provider: 'claude', model: 'some-model' },
      frontend: { provider: 'gemini', model: 'other' },
    };
    const first = await patch(admin.token, { worker_config: workers, budget_usd_per_day: 12.5 });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ worker_config: workers, budget_usd_per_day: 12.5, max_concurrent_sprints: 3 });

    const second = await patch(admin.token, { name: 'Engines', max_concurrent_sprints: 7 });
    expect(second.body).toMatchObject({
      name: 'Engines',
      max_concurrent_sprints: 7,
      worker_config: workers,
      budget_usd_per_day: 12.5,
    });
    const third = await patch(admin.token, { budget_usd_per_day: null, worker_config: {} });
    expect(third.body).toMatchObject({ name: 'Engines', budget_usd_per_day: null, worker_config: {} });
    expect((await served.call('GET /api/v1/tenant', { token: member.token })).body).toEqual(third.body);
  });

  test('200: changes nobody else’s', async () => {
    const stranger = await served.register();
    const before = await served.call('GET /api/v1/tenant', { token: stranger.token });
    await patch(admin.token, { name: 'Only ours' });
    const after = await served.call('GET /api/v1/tenant', { token: stranger.token });
    expect(after.body).toEqual(before.body);
  });

  test('403: a member and a viewer, with nothing changed and a line in the audit log', async () => {
    const before = await served.call('GET /api/v1/tenant', { token: admin.token });
    for (const person of [member, viewer]) {
      const answer = await patch(person.token, { name: 'Mine now' });
      expect(answer.status).toBe(403);
      const events = await served.asOwner('select action from audit_log where request_id = $1', [
        answer.body.request_id,
      ]);
      expect(events).toEqual([{ action: 'identity-update-tenant' }]);
    }
    expect((await served.call('GET /api/v1/tenant', { token: admin.token })).body).toEqual(before.body);
  });

  test.each<[string, Record<string, unknown>]>([
    ['nothing', {}],
    ['a provider that nobody has', { worker_config: { backend: { provider: 'skynet', model: 'm' } } }],
    ['a worker without a model', { worker_config: { backend: { provider: 'claude' } } }],
    ['a field too many in a choice', { worker_config: { backend: { provider: 'claude', model: 'm', api_key: 'x' } } }],
    ['a worker name with markup', { worker_config: { '<b>': { provider: 'claude', model: 'm' } } }],
    ['no sprint at all', { max_concurrent_sprints: 0 }],
    ['half a sprint', { max_concurrent_sprints: 1.5 }],
    ['money that is owed', { budget_usd_per_day: -1 }],
    ['an empty name', { name: ' ' }],
    ...FORBIDDEN_FIELDS.map((field): [string, Record<string, unknown>] => [field, { name: 'x', [field]: 'x' }]),
  ])('422: %s', async (_what, body) => {
    expect((await patch(admin.token, body)).status).toBe(422);
  });

  test('401: nobody', async () => {
    expect((await patch(undefined, { name: 'x' })).status).toBe(401);
  });
});
