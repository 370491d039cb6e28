import { afterAll, expect, test } from 'vitest';
import { createKey } from '../create-key.ts';
import { serveIdentity } from '../serve.ts';

const served = await serveIdentity();
afterAll(() => served.close());
const owner = await served.register();

const CREATE = 'POST /api/v1/auth/api-keys';

test('201: returns the key once, the key works, and only its hash is stored', async () => {
  const created = await createKey(served, owner, { expires_in_days: 30 });
  expect(created.key).toMatch(/^apx_live_[0-9a-z]{26}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
  const life = Date.parse(created.expires_at) - Date.parse(created.created_at);
  expect(life).toBe(30 * 24 * 3600 * 1000);
  expect((await served.call('GET /api/v1/user/profile', { token: created.key })).body.id).toBe(owner.user.id);

  const listed = await served.call('GET /api/v1/auth/api-keys', { token: owner.token });
  const secret = created.key.split('_')[3];
  expect(JSON.stringify(listed.body)).not.toContain(secret);
  const [row] = await served.asOwner('select to_jsonb(k) as stored from api_keys k where id = $1', [created.id]);
  expect(JSON.stringify(row)).not.toContain(secret);
  expect(created.key.slice(-4)).toBe(created.last_four);
  expect(JSON.stringify(row)).toContain(created.last_four);
});

test('201: a key without scopes or without a body gets what its creator may read and write', async () => {
  const member = await served.registerMember(owner, 'member');
  const viewer = await served.registerMember(owner, 'viewer');
  const reads = [
    'account:read',
    'tenant:read',
    'runs:read',
    'memory:read',
    'documents:read',
    'tools:read',
    'chat:read',
    'agents:read',
    'village:read',
  ];
  const writes = reads.flatMap((scope) => (scope === 'account:read' ? [] : [scope.replace('read', 'write')]));
  for (const [person, scopes] of [
    [owner, [...reads, ...writes]],
    [member, [...reads, ...writes]],
    [viewer, reads],
  ] as const) {
    const named = await served.call(CREATE, { token: person.token, body: { name: 'laptop' } });
    expect(named).toMatchObject({ status: 201, body: { name: 'laptop' } });
    expect([...named.body.scopes].sort()).toEqual([...scopes].sort());
  }
  expect(await served.call(CREATE, { token: member.token })).toMatchObject({ status: 201, body: { name: 'API key' } });
  const { key } = (await served.call(CREATE, { token: owner.token, body: {} })).body;
  expect((await served.call('GET /api/v1/tenant', { token: key })).status).toBe(200);
  expect((await served.call('PATCH /api/v1/tenant', { token: key, body: { name: 'Mine' } })).status).toBe(403);
});

test('401: rejects a call without a token', async () => {
  expect((await served.call(CREATE, { body: { name: 'ci', scopes: ['account:read'] } })).status).toBe(401);
});

test('403: rejects scopes that the role of the creator does not include', async () => {
  const member = await served.registerMember(owner, 'member');
  const body = { name: 'ci', scopes: ['runs:write', 'tenant:admin'] };
  const answer = await served.call(CREATE, { token: member.token, body });
  expect(answer.status).toBe(403);
  expect(answer.body.detail).toContain('tenant:admin');
  await createKey(served, member, { scopes: ['runs:write', 'runs:read', 'account:write'] });
});

test('403: rejects a call with an API key', async () => {
  const { key } = await createKey(served, owner, { scopes: ['account:write'] });
  const body = { name: 'successor', scopes: ['account:write'] };
  expect((await served.call(CREATE, { token: key, body })).status).toBe(403);
});

test.each([
  ['an empty list of scopes', { scopes: [] }],
  ['an unknown scope', { scopes: ['*'] }],
  ['an expiry after more than ten years', { expires_in_days: 3651 }],
  ['an expiry after zero days', { expires_in_days: 0 }],
  ['another user as owner', { user_id: 'usr_x' }],
])('422: rejects %s', async (_what, wrong) => {
  const body = { name: 'ci', scopes: ['account:read'], ...wrong };
  expect((await served.call(CREATE, { token: owner.token, body })).status).toBe(422);
});
