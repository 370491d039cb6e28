import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cloudKms } from '../../../functions/platform/secrets/cloud-kms.ts';
import { openKeyEncryption, useKeyEncryption } from '../../../functions/platform/secrets/open-key-encryption.ts';
import { type ScriptedKms, startScriptedKms } from '../../support/scripted-kms.ts';
import { expectLoggedError } from '../../support/setup-log.ts';
import { type Person, type Served, serveIdentity } from '../serve.ts';
import { auditOf, openAs, putSecret, rowsOf, secretRoute } from '../stored-secrets.ts';

const KEY = 'projects/acme/locations/europe-west1/keyRings/apexflow/cryptoKeys/tenant-secrets';

let served: Served;
let kms: ScriptedKms;
let admin: Person;
let member: Person;
beforeAll(async () => {
  [served, kms] = await Promise.all([serveIdentity(), startScriptedKms()]);
  admin = await served.register();
  member = await served.registerMember(admin, 'member');
});
afterAll(async () => {
  await served.close();
  await kms.close();
});
afterEach(() => {
  kms.failWith = undefined;
  useKeyEncryption(undefined);
});

const put = (name: string, value: unknown, person = admin) => putSecret(served, person, name, value);
const useScriptedKms = () =>
  useKeyEncryption(cloudKms(KEY, { endpoint: kms.endpoint, accessToken: async () => 'token' }));

test('200: stores the value encrypted, returns it nowhere, logs the change, and only the tenant can open it', async () => {
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
  expect(await openAs(admin, 'github_token')).toBe(value);
  expect(await openAs(await served.register(), 'github_token')).toBeUndefined();
  expect(await auditOf('identity-put-secret', 'github_token')).toMatchObject([
    { user_id: admin.user.id, outcome: 'allowed', data: { version: 1 } },
  ]);
  expect(JSON.stringify(await served.asOwner('select to_jsonb(a)::text as line from audit_log a'))).not.toContain(
    value,
  );
});

test('200: replaces the value and counts the version up', async () => {
  await put('twice', 'one-value');
  expect((await put('twice', 'other-value')).body).toMatchObject({ name: 'twice', version: 2 });
  expect(await openAs(admin, 'twice')).toBe('other-value');
  expect(await rowsOf('twice')).toHaveLength(1);
});

test('200: keeps one of the values that are stored concurrently, and it opens', async () => {
  const answers = await Promise.all(['a-value', 'b-value', 'c-value'].map((value) => put('raced', value)));
  expect(answers.filter(({ status }) => ![200, 409].includes(status))).toEqual([]);
  expect(['a-value', 'b-value', 'c-value']).toContain(await openAs(admin, 'raced'));
  const [row] = await served.asOwner(`select version from tenant_secrets where name = 'raced'`);
  expect(row?.version).toBe(answers.filter(({ status }) => status === 200).length);
});

test('401, 403: rejects a call without a token and a member, changes nothing and writes to the audit log', async () => {
  const answer = await put('forbidden_one', 'some-value', member);
  expect(answer.status).toBe(403);
  const events = await served.asOwner('select action from audit_log where request_id = $1', [answer.body.request_id]);
  expect(events).toEqual([{ action: 'identity-put-secret' }]);
  const route = secretRoute('PUT', 'forbidden_one');
  expect((await served.call(route, { body: { value: 'some-value' } })).status).toBe(401);
  expect(await rowsOf('forbidden_one')).toEqual([]);
});

test('409: allows a hundred secrets, and still replaces one of them', async () => {
  const rich = await served.register();
  await served.asOwner(
    `insert into tenant_secrets (id, tenant_id, name, ciphertext, wrapped_key, key_name, updated_by)
      select 'sec_' || $1 || n, $1, 'name_' || n, '', '', '', '' from generate_series(1, 99) n`,
    [rich.user.tenant_id],
  );
  expect((await put('last_one', 'some-value', rich)).status).toBe(200);
  expect((await put('one_more', 'some-value', rich)).status).toBe(409);
  expect((await put('last_one', 'other-value', rich)).status).toBe(200);
});

test('409: gives up after three attempts when another admin changes the secret during each', async () => {
  await put('contested', 'first-value');
  const key = await openKeyEncryption();
  let attempts = 0;
  useKeyEncryption({
    ...key,
    wrap: async (dataKey, additionalData) => {
      attempts += 1;
      await served.asOwner(`update tenant_secrets set version = version + 1 where name = 'contested'`);
      return key.wrap(dataKey, additionalData);
    },
  });
  const answer = await put('contested', 'other-value');
  expect(answer).toMatchObject({ status: 409, body: { type: 'urn:apexflow:problem:conflict' } });
  expect(attempts).toBe(3);
});

test.each(['GITHUB', 'github-token', '_x', 'x__y', '9x', 'a'.repeat(65), 'a%2Fb', '%00'])(
  '422: rejects the name %s',
  async (name) => {
    expect((await put(name, 'some-value')).status).toBe(422);
  },
);

test.each([[''], ['  '], ['a\0b'], ['\ud800'], ['x'.repeat(16_385)], [7], [null]])(
  '422: rejects the value %j',
  async (value) => {
    expect((await put('github_token', value)).status).toBe(422);
  },
);

test('500: a key service that rejects our credentials is an error of the deployment', async () => {
  useScriptedKms();
  kms.failWith = 403;
  expectLoggedError(/Cloud KMS refused with 403/);
  expect((await put('misconfigured', 'some-value')).status).toBe(500);
  expect(await rowsOf('misconfigured')).toEqual([]);
});

test('502: stores nothing when the key service does not answer', async () => {
  useScriptedKms();
  kms.failWith = 503;
  const answer = await put('unlucky', 'some-value');
  kms.failWith = undefined;
  expect(answer).toMatchObject({ status: 502, body: { type: 'urn:apexflow:problem:upstream-failed' } });
  expect(await rowsOf('unlucky')).toEqual([]);
  expect((await put('unlucky', 'some-value')).status).toBe(200);
  expect(await openAs(admin, 'unlucky')).toBe('some-value');
});
