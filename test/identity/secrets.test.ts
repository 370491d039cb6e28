import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openSecret } from '../../functions/identity/secrets.ts';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { cloudKms } from '../../functions/platform/secrets/cloud-kms.ts';
import { useKeyEncryption } from '../../functions/platform/secrets/open-key-encryption.ts';
import { type ScriptedKms, startScriptedKms } from '../support/scripted-kms.ts';
import { expectLoggedError } from '../support/setup-log.ts';
import { type Person, type Served, serveIdentity } from './serve.ts';

const LIST = 'GET /api/v1/tenant/secrets';
const at = (method: string, name: string) => `${method} /api/v1/tenant/secrets/${name}`;
const KEY = 'projects/acme/locations/europe-west1/keyRings/apexflow/cryptoKeys/tenant-secrets';

let served: Served;
let kms: ScriptedKms;
let admin: Person;
let member: Person;
beforeAll(async () => {
  [served, kms] = await Promise.all([serveIdentity(), startScriptedKms()]);
  [admin, member] = [await served.register(), await served.register()];
  await served.asOwner(`update users set tenant_id = $2, role = 'member' where id = $1`, [
    member.user.id,
    admin.user.tenant_id,
  ]);
});
afterAll(async () => {
  await served.close();
  await kms.close();
});
afterEach(() => useKeyEncryption(undefined));

const put = (name: string, value: unknown, token: string | undefined = admin.token) =>
  served.call(at('PUT', name), { token, body: { value } });
const useAs = async (person: Person, name: string) => {
  const database = (await openDatabase()).as({ kind: 'tenant', tenantId: person.user.tenant_id });
  const use = { name, purpose: 'push_repository', userId: person.user.id, runId: 'run_x' };
  return (await openSecret(database, use))?.reveal();
};
const rowsOf = (name: string) =>
  served.asOwner('select to_jsonb(s)::text as line from tenant_secrets s where name = $1', [name]);
const auditOf = (action: string, name: string) =>
  served.asOwner('select user_id, outcome, ip, data from audit_log where action = $1 and resource = $2 order by id', [
    action,
    name,
  ]);

describe('PUT /tenant/secrets/{name}', () => {
  test('200: stored encrypted, shown nowhere, on record, and opened by the tenant alone', async () => {
    const value = `ghp_${randomUUID()}`;
    const answer = await put('github_token', ` ${value}\n`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^sec_/),
      name: 'github_token',
      version: 1,
      created_at: expect.any(String),
      updated_at: expect.any(String),
      last_used_at: null,
    });
    const stored = JSON.stringify(await rowsOf('github_token'));
    expect(stored).toContain('github_token');
    expect(stored).not.toContain(value);
    expect(stored).not.toContain(Buffer.from(value).toString('base64').replace(/=+$/, ''));
    expect(await useAs(admin, 'github_token')).toBe(value);
    expect(await useAs(await served.register(), 'github_token')).toBeUndefined();
    expect(await auditOf('identity-put-secret', 'github_token')).toMatchObject([
      { user_id: admin.user.id, outcome: 'allowed', data: { version: 1 } },
    ]);
    expect(JSON.stringify(await served.asOwner('select to_jsonb(a)::text as line from audit_log a'))).not.toContain(
      value,
    );
  });

  test('200: again is the next version, and the last one counts', async () => {
    await put('twice', 'one-value');
    expect((await put('twice', 'other-value')).body).toMatchObject({ name: 'twice', version: 2 });
    expect(await useAs(admin, 'twice')).toBe('other-value');
    expect(await rowsOf('twice')).toHaveLength(1);
  });

  test('200 for all who put at the same time: one of their values stands, and it opens', async () => {
    const answers = await Promise.all(['a-value', 'b-value', 'c-value'].map((value) => put('raced', value)));
    expect(answers.filter(({ status }) => ![200, 409].includes(status))).toEqual([]);
    expect(['a-value', 'b-value', 'c-value']).toContain(await useAs(admin, 'raced'));
    const [row] = await served.asOwner(`select version from tenant_secrets where name = 'raced'`);
    expect(row?.version).toBe(answers.filter(({ status }) => status === 200).length);
  });

  test('409: a hundred secrets are enough, and an old one can still be changed', async () => {
    const rich = await served.register();
    await served.asOwner(
      `insert into tenant_secrets (id, tenant_id, name, ciphertext, wrapped_key, key_name, updated_by)
        select 'sec_' || $1 || n, $1, 'name_' || n, '', '', '', '' from generate_series(1, 99) n`,
      [rich.user.tenant_id],
    );
    expect((await put('last_one', 'some-value', rich.token)).status).toBe(200);
    expect((await put('one_more', 'some-value', rich.token)).status).toBe(409);
    expect((await put('last_one', 'other-value', rich.token)).status).toBe(200);
  });

  test('502: the key service does not answer; nothing is stored, in no form', async () => {
    useKeyEncryption(cloudKms(KEY, { endpoint: kms.endpoint, accessToken: async () => 'token' }));
    kms.failWith = 503;
    const answer = await put('unlucky', 'some-value');
    kms.failWith = undefined;
    expect(answer).toMatchObject({ status: 502, body: { type: 'urn:apexflow:problem:upstream-failed' } });
    expect(await rowsOf('unlucky')).toEqual([]);
    expect((await put('unlucky', 'some-value')).status).toBe(200);
    expect(await useAs(admin, 'unlucky')).toBe('some-value');
  });

  test('500: a key service that refuses us is a fault of ours', async () => {
    useKeyEncryption(cloudKms(KEY, { endpoint: kms.endpoint, accessToken: async () => 'token' }));
    kms.failWith = 403;
    expectLoggedError(/Cloud KMS refused with 403/);
    expect((await put('misconfigured', 'some-value')).status).toBe(500);
    kms.failWith = undefined;
    expect(await rowsOf('misconfigured')).toEqual([]);
  });

  test.each(['GITHUB', 'github-token', '_x', 'x__y', '9x', 'a'.repeat(65), 'a%2Fb', '%00'])(
    '422: the name %s',
    async (name) => {
      expect((await put(name, 'some-value')).status).toBe(422);
    },
  );

  test.each([[''], ['  '], ['a\0b'], ['\ud800'], ['x'.repeat(16_385)], [7], [null]])(
    '422: the value %j',
    async (value) => {
      expect((await put('github_token', value)).status).toBe(422);
    },
  );

  test('403: a member, with nothing changed and a line in the log; 401: nobody', async () => {
    const answer = await put('forbidden_one', 'some-value', member.token);
    expect(answer.status).toBe(403);
    expect(await rowsOf('forbidden_one')).toEqual([]);
    const events = await served.asOwner('select action from audit_log where request_id = $1', [answer.body.request_id]);
    expect(events).toEqual([{ action: 'identity-put-secret' }]);
    const nobody = await served.call(at('PUT', 'forbidden_one'), { body: { value: 'some-value' } });
    expect(nobody.status).toBe(401);
  });
});

describe('GET /tenant/secrets', () => {
  test('200: names and dates by page, never a value nor anything made of one', async () => {
    const person = await served.register();
    for (const name of ['b_two', 'a_one', 'c_three']) await put(name, `value-of-${name}`, person.token);
    await useAs(person, 'a_one');
    const first = await served.call(`${LIST}?limit=2`, { token: person.token });
    expect(first.status).toBe(200);
    expect(first.body.items.map(({ name }: { name: string }) => name)).toEqual(['c_three', 'a_one']);
    expect(Object.keys(first.body.items[0]).sort()).toEqual([
      'created_at',
      'id',
      'last_used_at',
      'name',
      'updated_at',
      'version',
    ]);
    expect(first.body.items.map((item: { last_used_at: unknown }) => item.last_used_at !== null)).toEqual([
      false,
      true,
    ]);
    const second = await served.call(`${LIST}?limit=2&cursor=${first.body.next_cursor}`, { token: person.token });
    expect(second.body).toMatchObject({ items: [{ name: 'b_two' }], next_cursor: null });
    expect(JSON.stringify([first.body, second.body])).not.toContain('value-of');
  });

  test('400, 422, 403, 401: a made-up cursor, no limit, a member, nobody', async () => {
    const asks = [`${LIST}?cursor=made-up`, `${LIST}?limit=0`, LIST, LIST];
    const tokens = [admin.token, admin.token, member.token, undefined];
    const answers = await Promise.all(asks.map((ask, index) => served.call(ask, { token: tokens[index] })));
    expect(answers.map(({ status }) => status)).toEqual([400, 422, 403, 401]);
  });
});

describe('DELETE /tenant/secrets/{name}', () => {
  test('204: gone with its key, and on record; 404 the second time', async () => {
    await put('short_lived', 'some-value');
    expect((await served.call(at('DELETE', 'short_lived'), { token: admin.token })).status).toBe(204);
    expect(await useAs(admin, 'short_lived')).toBeUndefined();
    expect(await rowsOf('short_lived')).toEqual([]);
    expect(await auditOf('identity-delete-secret', 'short_lived')).toMatchObject([{ user_id: admin.user.id }]);
    expect((await served.call(at('DELETE', 'short_lived'), { token: admin.token })).status).toBe(404);
  });

  test('403, 422, 401: a member, a name that is none, nobody; one’s own stays when another deletes his', async () => {
    await put('of_mine', 'some-value');
    const stranger = await served.register();
    expect((await served.call(at('DELETE', 'of_mine'), { token: stranger.token })).status).toBe(404);
    expect((await served.call(at('DELETE', 'of_mine'), { token: member.token })).status).toBe(403);
    expect((await served.call(at('DELETE', 'Of-Mine'), { token: admin.token })).status).toBe(422);
    expect((await served.call(at('DELETE', 'of_mine'))).status).toBe(401);
    expect(await useAs(admin, 'of_mine')).toBe('some-value');
  });
});

describe('a use', () => {
  test('is on record with who, what for and which version, before anybody has the value', async () => {
    await put('used_one', 'the-used-value');
    await useAs(admin, 'used_one');
    expect(await auditOf('identity-use-secret', 'used_one')).toMatchObject([
      { user_id: admin.user.id, data: { version: 1, purpose: 'push_repository', run_id: 'run_x' } },
    ]);
    expect(JSON.stringify(await auditOf('identity-use-secret', 'used_one'))).not.toContain('the-used-value');
  });

  test('fails for a row that was copied to another name, version or tenant', async () => {
    const thief = await served.register();
    await put('origin', 'the-precious-value');
    const copy = `insert into tenant_secrets (id, tenant_id, name, version, ciphertext, wrapped_key, key_name, updated_by)
      select gen_random_uuid()::text, $1, $2, $3::integer, ciphertext, wrapped_key, key_name, updated_by from tenant_secrets where name = 'origin' and tenant_id = $4`;
    await served.asOwner(copy, [thief.user.tenant_id, 'origin', 1, admin.user.tenant_id]);
    await served.asOwner(copy, [admin.user.tenant_id, 'copied_name', 1, admin.user.tenant_id]);
    await expect(useAs(thief, 'origin')).rejects.toThrow();
    await expect(useAs(admin, 'copied_name')).rejects.toThrow();
    await served.asOwner(`update tenant_secrets set version = 7 where name = 'origin' and tenant_id = $1`, [
      admin.user.tenant_id,
    ]);
    await expect(useAs(admin, 'origin')).rejects.toThrow();
  });
});
