import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { localHome } from '../../../functions/platform/process/local-home.ts';
import { cloudKms, crc32c } from '../../../functions/platform/secrets/cloud-kms.ts';
import { open, seal } from '../../../functions/platform/secrets/envelope.ts';
import { KeyServiceUnavailable } from '../../../functions/platform/secrets/key-encryption.ts';
import { localKeyEncryption, useKeyEncryption } from '../../../functions/platform/secrets/open-key-encryption.ts';
import { SecretText } from '../../../functions/platform/secrets/secret-text.ts';
import { type ScriptedKms, startScriptedKms } from '../../support/scripted-kms.ts';

const KEY = 'projects/acme/locations/europe-west1/keyRings/apexflow/cryptoKeys/tenant-secrets';
const PLACE = ['tenant-secret', 'ten_1', 'github_token', 1];

let kms: ScriptedKms;
beforeAll(async () => {
  kms = await startScriptedKms();
});
afterAll(() => kms.close());
afterEach(() => {
  useKeyEncryption(undefined);
  kms.failWith = undefined;
  kms.fault = undefined;
});

const inCloud = () => cloudKms(KEY, { endpoint: kms.endpoint, accessToken: async () => 'token-of-ours' });

function flip(base64: string, index: number): string {
  const bytes = Buffer.from(base64, 'base64');
  const at = index < 0 ? bytes.length + index : index;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64');
}

test('crc32c matches the examples of RFC 3720', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
});

describe.each([
  ['a laptop', () => localKeyEncryption()],
  ['Cloud KMS', inCloud],
])('an envelope of %s', (_where, keyEncryption) => {
  test('decrypts to the text and does not contain it', async () => {
    useKeyEncryption(keyEncryption());
    const secret = `ghp_${randomBytes(20).toString('hex')} ünïcode`;
    const [one, two] = [await seal(secret, PLACE), await seal(secret, PLACE)];
    expect(await open(one, PLACE)).toBe(secret);
    expect(JSON.stringify(one)).not.toContain(secret);
    expect(Buffer.from(one.ciphertext, 'base64').includes(secret)).toBe(false);
    // Neither key nor nonce is used twice.
    expect(one.ciphertext).not.toBe(two.ciphertext);
    expect(one.wrapped_key).not.toBe(two.wrapped_key);
  });

  test.each([
    ['another tenant', ['tenant-secret', 'ten_2', 'github_token', 1]],
    ['another name', ['tenant-secret', 'ten_1', 'deploy_token', 1]],
    ['another version', ['tenant-secret', 'ten_1', 'github_token', 2]],
  ])('cannot be decrypted for %s', async (_what, place) => {
    useKeyEncryption(keyEncryption());
    const envelope = await seal('x', PLACE);
    await expect(open(envelope, place)).rejects.toThrow();
    // The data key alone is rejected too: both layers are bound to the place.
    const elsewhere = await seal('y', place);
    await expect(open({ ...envelope, wrapped_key: elsewhere.wrapped_key }, place)).rejects.toThrow();
  });

  test.each([
    ['nonce', 0],
    ['tag', 12],
    ['text', -1],
  ])('cannot be decrypted with a changed %s', async (_what, index) => {
    useKeyEncryption(keyEncryption());
    const envelope = await seal('the text', PLACE);
    for (const field of ['ciphertext', 'wrapped_key'] as const)
      await expect(open({ ...envelope, [field]: flip(envelope[field], index) }, PLACE)).rejects.toThrow();
    await expect(open({ ...envelope, ciphertext: 'AAAA' }, PLACE)).rejects.toThrow('too short');
    expect(await open(envelope, PLACE)).toBe('the text');
  });

  test('cannot be decrypted with another key, and the error names both keys', async () => {
    useKeyEncryption(keyEncryption());
    const envelope = await seal('x', PLACE);
    const other = { ...envelope, key_name: 'local/other' };
    await expect(open(other, PLACE)).rejects.toThrow('local/other');
  });
});

describe('Cloud KMS', () => {
  test('is called as the service account, by key name, with checksums in both directions', async () => {
    useKeyEncryption(inCloud());
    const before = kms.requests.length;
    await open(await seal('x', PLACE), PLACE);
    expect(kms.requests.slice(before)).toEqual([
      { path: `POST /v1/${KEY}:encrypt`, authorization: 'Bearer token-of-ours' },
      { path: `POST /v1/${KEY}:decrypt`, authorization: 'Bearer token-of-ours' },
    ]);
  });

  test.each(['answer', 'unconfirmed', 'hang up', 'no JSON'] as const)(
    'a failed call (%s) throws KeyServiceUnavailable',
    async (fault) => {
      useKeyEncryption(inCloud());
      kms.fault = fault;
      await expect(seal('x', PLACE)).rejects.toThrow(KeyServiceUnavailable);
    },
  );

  test('Cloud KMS rejects bytes that were damaged in transit', async () => {
    useKeyEncryption(inCloud());
    kms.fault = 'request';
    await expect(seal('x', PLACE)).rejects.toThrow('refused with 400');
  });

  test.each([429, 500, 503])(
    '%i is KeyServiceUnavailable, and the message has nothing of the request',
    async (status) => {
      useKeyEncryption(inCloud());
      const envelope = await seal('x', PLACE);
      kms.failWith = status;
      await expect(open(envelope, PLACE)).rejects.toThrow(KeyServiceUnavailable);
      const error: unknown = await open(envelope, PLACE).catch((caught: unknown) => caught);
      expect(inspect(error)).not.toContain(envelope.wrapped_key);
      kms.failWith = undefined;
      expect(await open(envelope, PLACE)).toBe('x');
    },
  );

  test('403 is a configuration error', async () => {
    useKeyEncryption(inCloud());
    kms.failWith = 403;
    const error: unknown = await seal('x', PLACE).catch((caught: unknown) => caught);
    expect(error).not.toBeInstanceOf(KeyServiceUnavailable);
    expect(String(error)).toContain('403');
  });
});

describe('the laptop’s key', () => {
  test('is in a file that only its owner can read, and is reused at the next start', async () => {
    const envelope = await seal('x', PLACE);
    const folder = join(localHome(), 'secrets');
    const path = join(folder, 'secrets-key');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(Buffer.from(readFileSync(path, 'utf8'), 'base64')).toHaveLength(32);
    expect(readdirSync(folder).filter((name) => name.startsWith('secrets-key'))).toEqual(['secrets-key']);
    useKeyEncryption(localKeyEncryption());
    expect(await open(envelope, PLACE)).toBe('x');
  });

  test('is rejected on Cloud Run with an error that names SECRETS_KMS_KEY', () => {
    const program = `const { seal } = await import('./functions/platform/secrets/envelope.ts');
      console.log(JSON.stringify(await seal('x', ['a'])));`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      env: { K_SERVICE: 'x', DATABASE_URL: 'postgres://nowhere', FIREBASE_PROJECT_ID: 'p' },
    });
    expect(status).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('SECRETS_KMS_KEY is missing');
  });
});

describe('a secret in memory', () => {
  const secret = new SecretText('ghp_0123456789abcdef/+');

  test('is hidden in templates, JSON, logs and inspect', () => {
    const shown = [`${secret}`, JSON.stringify({ secret }), inspect({ secret }), String(secret)];
    expect(shown.join()).not.toContain('0123456789');
    expect(secret.reveal()).toBe('ghp_0123456789abcdef/+');
  });

  test('is redacted from other text, in plain text, base64 and URL encoding', () => {
    const forms = [
      secret.reveal(),
      Buffer.from(secret.reveal()).toString('base64'),
      encodeURIComponent(secret.reveal()),
    ];
    for (const form of forms) expect(secret.redactFrom(`fatal: ${form} is wrong`)).not.toContain(form.slice(0, 20));
    expect(secret.redactFrom('fatal: nothing of it')).toBe('fatal: nothing of it');
  });
});
