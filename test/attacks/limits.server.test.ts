import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import { createApiKey } from '../../functions/platform/sign-in/api-key.ts';
import { networkOf } from '../../functions/platform/sign-in/client-address.ts';
import { localKey } from '../../functions/platform/sign-in/local-key.ts';
import { forgetRefusals } from '../../functions/platform/sign-in/rate-limit.ts';
import { asOwner } from '../support/owner.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';

/** Tests that callers cannot bypass rate limits, and cannot use up the limit of another caller. */
const LIMIT = 10;

let server: TestServer;
let person: Person;
let key: string;
beforeAll(async () => {
  server = await startServer();
  person = await server.signUp();
  key = (
    await server.call('POST', '/api/v1/auth/api-keys', {
      token: person.token,
      body: { name: 'a key', scopes: ['account:read'] },
    })
  ).body.key;
  environment.RATE_LIMIT_PER_MINUTE = LIMIT;
});
beforeEach(async () => {
  forgetRefusals();
  await asOwner('delete from rate_limits');
});
afterAll(() => server.close());

const profile = (token: string) => server.call('GET', '/api/v1/user/profile', { token });
const refresh = (headers: Record<string, string>) =>
  server.call('POST', '/api/v1/auth/refresh', { body: { refresh_token: 'nobody' }, headers });

async function statuses(count: number, ask: (index: number) => Promise<{ status: number }>): Promise<number[]> {
  const found: number[] = [];
  for (let index = 0; index < count; index += 1) found.push((await ask(index)).status);
  return found;
}

describe('the limit of a caller', () => {
  test('a key id with invented secrets does not use up the limit of the key’s owner', async () => {
    const parts = key.split('_');
    const forged = () => {
      // A well-formed key with the id of another key and a valid checksum.
      const made = createApiKey().text.split('_');
      return [...parts.slice(0, 3), made[3]].join('_');
    };
    await statuses(3 * LIMIT, () => profile(withChecksum(forged())));
    expect((await profile(key)).status).toBe(200);
  });

  test('429 with Retry-After, only for this caller', async () => {
    const other = await server.signUp('Grace');
    const answers = await statuses(3 * LIMIT, () => profile(person.token));
    expect(answers.slice(0, LIMIT - 1)).toEqual(new Array(LIMIT - 1).fill(200));
    const last = await profile(person.token);
    expect(last).toMatchObject({ status: 429, body: { type: 'urn:apexflow:problem:too-many-requests' } });
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await profile(other.token)).status).toBe(200);
  });

  test('all keys and tokens of a user share one limit', async () => {
    const other = await server.signUp('Grace');
    const create = () =>
      server.call('POST', '/api/v1/auth/api-keys', {
        token: other.token,
        body: { name: 'a key', scopes: ['account:read'] },
      });
    const keys = (await Promise.all([create(), create(), create()])).map(({ body }) => body.key);
    const startedAt = performance.now();
    const answers = await statuses(3 * LIMIT, (index) => profile(keys[index % keys.length]));
    const refilled = Math.ceil(((performance.now() - startedAt) / 60_000) * LIMIT);
    expect(answers.filter((status) => status === 200).length).toBeLessThanOrEqual(LIMIT - keys.length + refilled + 1);
    expect((await profile(other.token)).status).toBe(429);
  });
});

/** Sends more requests than the limit allows and checks that the excess gets 429. The bucket is refilled meanwhile. */
async function expectLimited(ask: (index: number) => Promise<{ status: number }>): Promise<void> {
  const startedAt = performance.now();
  const answers = await statuses(3 * LIMIT, ask);
  const refilled = ((performance.now() - startedAt) / 60_000) * LIMIT;
  const passed = answers.filter((status) => status === 401).length;
  expect(passed).toBeGreaterThanOrEqual(LIMIT);
  expect(passed).toBeLessThanOrEqual(LIMIT + Math.ceil(refilled));
  expect(answers.filter((status) => status === 429)).toHaveLength(answers.length - passed);
}

describe('the limit of an address', () => {
  test('ignores X-Forwarded-For without a trusted proxy', () =>
    expectLimited((index) => {
      const address = `10.0.0.${index}`;
      return refresh({ 'x-forwarded-for': address, forwarded: `for=${address}`, 'x-real-ip': address });
    }));

  test('counts an IPv6 /64 network as one address', async () => {
    environment.TRUSTED_PROXIES = 1;
    try {
      await expectLimited((index) =>
        refresh({ 'x-forwarded-for': `2001:db8:7:${index % 2 ? '9' : '0009'}::${index}:1` }),
      );
      expect((await refresh({ 'x-forwarded-for': '2001:db8:7:a::1' })).status).toBe(401);
    } finally {
      environment.TRUSTED_PROXIES = undefined;
    }
  });

  test('uses only the entries that trusted proxies appended', async () => {
    environment.TRUSTED_PROXIES = 2;
    try {
      await expectLimited((index) => refresh({ 'x-forwarded-for': `10.0.0.${index}, 203.0.113.9, 10.1.1.1` }));
      expect((await refresh({ 'x-forwarded-for': '10.0.0.1, 203.0.113.10, 10.1.1.1' })).status).toBe(401);
    } finally {
      environment.TRUSTED_PROXIES = undefined;
    }
  });
});

describe('the audit log of refusals', () => {
  test('limits entries of unknown callers and always records refusals of known users', async () => {
    const lines = async (tenantId: string | null) =>
      (await asOwner('select from audit_log where tenant_id is not distinct from $1', [tenantId])).length;
    const before = await lines(null);
    const expired = await localKey('user-tokens').sign({
      iss: 'urn:apexflow:local-issuer',
      aud: 'apexflow-local',
      sub: 'x',
      exp: 1,
    });
    for (let round = 0; round < 2 * LIMIT; round += 1) {
      expect((await profile(expired)).status).toBe(401);
      expect((await server.call('POST', '/internal/steps/runs-take-turn', { token: 'x', body: {} })).status).toBe(401);
    }
    const added = (await lines(null)) - before;
    expect(added).toBeGreaterThan(LIMIT / 2);
    expect(added).toBeLessThan(2 * LIMIT);
    const other = await server.signUp('Grace');
    await asOwner('update users set disabled_at = now() where id = $1', [other.userId]);
    expect((await profile(other.token)).status).toBe(401);
    expect(await lines(other.tenantId)).toBe(1);
  });
});

describe('the network of an address', () => {
  test.for([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0db8:0007:0009:1:2:3:4', '2001:db8:7:9::/64'],
    ['2001:DB8:7:9::', '2001:db8:7:9::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::203.0.113.9', '64:ff9b:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ] as const)('the network of %s is %s', ([address, network]) => expect(networkOf(address)).toBe(network));
});

/** Returns the key with a valid checksum, which an attacker can compute too. */
function withChecksum(start: string): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let value = crc32(start);
  let sum = '';
  for (let digit = 0; digit < 6; digit += 1) {
    sum = digits.charAt(value % 62) + sum;
    value = Math.floor(value / 62);
  }
  return `${start}_${sum}`;
}
