import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, type Served, serveIdentity } from './serve.ts';

let served: Served;
let owner: Person;
beforeAll(async () => {
  served = await serveIdentity();
  owner = await served.register();
});
afterAll(() => served.close());

const CREATE = 'POST /api/v1/auth/api-keys';
const LIST = 'GET /api/v1/auth/api-keys';

async function createKey(token = owner.token, wishes: Record<string, unknown> = {}) {
  const { status, body } = await served.call(CREATE, {
    token,
    body: { name: 'ci', scopes: ['account:read'], ...wishes },
  });
  expect(status).toBe(201);
  return body;
}

const profileWith = (token: string) => served.call('GET /api/v1/user/profile', { token });

describe('POST /auth/api-keys', () => {
  test('201: the key is shown once, works, and only its hash is stored', async () => {
    const created = await createKey(undefined, { expires_in_days: 30 });
    expect(created.key).toMatch(/^apx_live_[0-9a-z]{26}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    const life = Date.parse(created.expires_at) - Date.parse(created.created_at);
    expect(life).toBe(30 * 24 * 3600 * 1000);
    expect((await profileWith(created.key)).body.id).toBe(owner.user.id);

    const listed = await served.call(LIST, { token: owner.token });
    const secret = created.key.split('_')[3];
    expect(JSON.stringify(listed.body)).not.toContain(secret);
    const [row] = await served.asOwner('select to_jsonb(k) as stored from api_keys k where id = $1', [created.id]);
    expect(JSON.stringify(row)).not.toContain(secret);
    expect(JSON.stringify(row)).toContain(created.last_four);
  });

  test('403: scopes beyond the role of its creator', async () => {
    const member = await served.register();
    await served.asOwner(`update users set role = 'member' where id = $1`, [member.user.id]);
    const body = { name: 'ci', scopes: ['runs:write', 'tenant:admin'] };
    const answer = await served.call(CREATE, { token: member.token, body });
    expect(answer.status).toBe(403);
    expect(answer.body.detail).toContain('tenant:admin');
    await createKey(member.token, { scopes: ['runs:write', 'runs:read', 'account:write'] });
  });

  test('403: a key cannot make keys', async () => {
    const { key } = await createKey(undefined, { scopes: ['account:write'] });
    const body = { name: 'successor', scopes: ['account:write'] };
    expect((await served.call(CREATE, { token: key, body })).status).toBe(403);
  });

  test('401: nobody', async () => {
    expect((await served.call(CREATE, { body: { name: 'ci', scopes: ['account:read'] } })).status).toBe(401);
  });

  test.each([
    ['no scope', { scopes: [] }],
    ['an unknown scope', { scopes: ['*'] }],
    ['no end in ten years', { expires_in_days: 3651 }],
    ['no day at all', { expires_in_days: 0 }],
    ['the owner', { user_id: 'usr_x' }],
  ])('422: %s', async (_what, wrong) => {
    const body = { name: 'ci', scopes: ['account:read'], ...wrong };
    expect((await served.call(CREATE, { token: owner.token, body })).status).toBe(422);
  });
});

describe('GET /auth/api-keys', () => {
  test('200: pages from the newest to the oldest, without gap or repetition', async () => {
    const person = await served.register();
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) made.unshift((await createKey(person.token)).id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { status, body } = await served.call(`${LIST}?limit=2${query}`, { token: person.token });
      expect(status).toBe(200);
      seen.push(...body.items.map((item: { id: string }) => item.id));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(made);
  });

  test('200: a page that holds all has no next one, and nobody sees the keys of another', async () => {
    const person = await served.register();
    await createKey();
    const { body } = await served.call(`${LIST}?limit=200`, { token: person.token });
    expect(body).toEqual({ items: [], next_cursor: null });
  });

  test('400: a cursor that was altered, or made for somebody else', async () => {
    const [one, other] = [await served.register(), await served.register()];
    for (const token of [one.token, one.token, other.token]) await createKey(token);
    const { next_cursor: cursor } = (await served.call(`${LIST}?limit=1`, { token: one.token })).body;
    const altered = `${cursor.slice(0, -3)}${cursor.at(-3) === 'A' ? 'B' : 'A'}${cursor.slice(-2)}`;
    const attempts = [
      await served.call(`${LIST}?cursor=${altered}`, { token: one.token }),
      await served.call(`${LIST}?cursor=${cursor}`, { token: other.token }),
      await served.call(`${LIST}?cursor=made-up`, { token: one.token }),
    ];
    expect(attempts.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(attempts[0]?.body.type).toBe('urn:apexflow:problem:invalid-cursor');
    expect((await served.call(`${LIST}?cursor=${cursor}`, { token: one.token })).status).toBe(200);
  });

  test.each(['limit=0', 'limit=-1', 'limit=1e9', 'limit=201', 'limit=a', 'limit[]=1', 'limit=1&limit=2', 'sort=name'])(
    '422: %s',
    async (query) => {
      expect((await served.call(`${LIST}?${query}`, { token: owner.token })).status).toBe(422);
    },
  );

  test('401: nobody', async () => {
    expect((await served.call(LIST)).status).toBe(401);
  });
});

describe('DELETE /auth/api-keys/{id}', () => {
  test('204: the key stops at once; a second time is 204 as well', async () => {
    const { id, key } = await createKey();
    expect((await profileWith(key)).status).toBe(200);
    expect((await served.call(`DELETE /api/v1/auth/api-keys/${id}`, { token: owner.token })).status).toBe(204);
    expect((await profileWith(key)).status).toBe(401);
    const first = (await served.call(LIST, { token: owner.token })).body.items[0];
    expect(first).toMatchObject({ id, revoked_at: expect.any(String) });
    expect((await served.call(`DELETE /api/v1/auth/api-keys/${id}`, { token: owner.token })).status).toBe(204);
    expect((await served.call(LIST, { token: owner.token })).body.items[0].revoked_at).toBe(first.revoked_at);
  });

  test('204: an admin ends the key of a member; 404: a member does not end an admin’s', async () => {
    const member = await served.register();
    await served.asOwner(`update users set tenant_id = $2, role = 'member' where id = $1`, [
      member.user.id,
      owner.user.tenant_id,
    ]);
    const [ofMember, ofOwner] = [await createKey(member.token), await createKey()];
    const end = (id: string, token: string) => served.call(`DELETE /api/v1/auth/api-keys/${id}`, { token });
    expect((await end(ofOwner.id, member.token)).status).toBe(404);
    expect((await end(ofMember.id, owner.token)).status).toBe(204);
    expect((await profileWith(ofOwner.key)).status).toBe(200);
    expect((await profileWith(ofMember.key)).status).toBe(401);
  });

  test('404: a key of another tenant, and it goes on working; 422: no id at all; 401: nobody', async () => {
    const stranger = await served.register();
    const { id, key } = await createKey();
    expect((await served.call(`DELETE /api/v1/auth/api-keys/${id}`, { token: stranger.token })).status).toBe(404);
    expect((await served.call(`DELETE /api/v1/auth/api-keys/1`, { token: owner.token })).status).toBe(422);
    expect((await served.call(`DELETE /api/v1/auth/api-keys/${id}`)).status).toBe(401);
    expect((await profileWith(key)).status).toBe(200);
  });
});

describe('a key in use', () => {
  test('401, 401, 403, 403: revoked, expired, without the scope, of a creator who lost the role; each is on record', async () => {
    const creator = await served.register();
    const scopes = ['tenant:admin', 'account:read'];
    const [revoked, expired, narrow, demoted] = [
      await createKey(creator.token, { scopes }),
      await createKey(creator.token, { scopes }),
      await createKey(creator.token, { scopes: ['account:read'] }),
      await createKey(creator.token, { scopes }),
    ];
    await served.asOwner('update api_keys set revoked_at = now() where id = $1', [revoked.id]);
    await served.asOwner(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [expired.id]);
    const rename = (key: string) => served.call('PATCH /api/v1/tenant', { token: key, body: { name: 'Renamed' } });
    const early = [await rename(revoked.key), await rename(expired.key), await rename(narrow.key)];
    expect(early.map(({ status }) => status)).toEqual([401, 401, 403]);
    expect(early[2]?.body.detail).toContain('tenant:admin');

    expect((await rename(demoted.key)).status).toBe(200);
    await served.asOwner(`update users set role = 'member' where id = $1`, [creator.user.id]);
    const late = await rename(demoted.key);
    expect(late.status).toBe(403);
    const ids = [...early, late].map(({ body }) => body.request_id);
    const events = await served.asOwner('select outcome from audit_log where request_id = any ($1)', [ids]);
    expect(events).toEqual(Array(4).fill({ outcome: 'refused' }));
  });

  test('401: a key of a creator who is disabled; 403: of a tenant that is', async () => {
    const creator = await served.register();
    const { key } = await createKey(creator.token);
    await served.asOwner('update tenants set disabled_at = now() where id = $1', [creator.user.tenant_id]);
    expect((await profileWith(key)).status).toBe(403);
    await served.asOwner('update users set disabled_at = now() where id = $1', [creator.user.id]);
    expect((await profileWith(key)).status).toBe(401);
  });

  test('tells when it was last used', async () => {
    const { id, key } = await createKey();
    const clock = async () => {
      const [row] = await served.asOwner('select clock_timestamp() as now');
      return Date.parse(String(row?.now));
    };
    const before = await clock();
    await profileWith(key);
    const { items } = (await served.call(LIST, { token: owner.token })).body;
    const { last_used_at: lastUsed } = items.find((item: { id: string }) => item.id === id);
    expect(Date.parse(lastUsed)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(lastUsed)).toBeLessThanOrEqual(await clock());
  });
});
