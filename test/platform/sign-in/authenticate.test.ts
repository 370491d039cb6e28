import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWTPayload, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { watchLog } from '../../../functions/platform/log.ts';
import { createApiKey } from '../../../functions/platform/sign-in/api-key.ts';
import { createUserVerifier, userTokenIssuer } from '../../../functions/platform/sign-in/authenticate.ts';
import { localKey } from '../../../functions/platform/sign-in/local-key.ts';
import { invokerToken } from '../../../functions/platform/sign-in/oidc.ts';
import { type Person, type Served, serveIdentity } from '../../identity/serve.ts';

let served: Served;
let person: Person;
beforeAll(async () => {
  served = await serveIdentity();
  person = await served.register();
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => served.close());

const PROFILE = 'GET /api/v1/user/profile';
const now = () => Math.floor(Date.now() / 1000);
const signer = localKey.bind(undefined, 'user-tokens');

/** Returns the claims of a valid token of the user, with changes. */
function claims(changes: JWTPayload = {}): JWTPayload {
  const payload = Buffer.from(person.token.split('.')[1] ?? '', 'base64url').toString();
  return { ...JSON.parse(payload), iat: now(), ...changes };
}

function unsigned(header: object, payload: object): string {
  return [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

async function refusedWith(token: string): Promise<void> {
  const answer = await served.call(PROFILE, { token });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  const events = await served.asOwner('select outcome from audit_log where request_id = $1', [answer.body.request_id]);
  expect(events).toEqual([{ outcome: 'refused' }]);
}

describe('without a credential', () => {
  test.each([
    'POST /api/v1/auth/logout',
    'POST /api/v1/auth/api-keys',
    'GET /api/v1/auth/api-keys',
    'DELETE /api/v1/auth/api-keys/key_01h455vb4pex5vsknk084sn02q',
    'GET /api/v1/user/profile',
    'PUT /api/v1/user/profile',
    'GET /api/v1/tenant',
    'PATCH /api/v1/tenant',
  ])('%s is 401', async (route) => {
    const answer = await served.call(route);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  test('ignores other schemes than Bearer', async () => {
    for (const authorization of [
      `Basic ${btoa('a:b')}`,
      person.token,
      `Token ${person.token}`,
      'Bearer',
      'Bearer a b',
    ]) {
      expect((await served.call(PROFILE, { headers: { authorization } })).status).toBe(401);
    }
    expect((await served.call(PROFILE, { headers: { authorization: `bearer ${person.token}` } })).status).toBe(200);
  });

  test('ignores a key in the query string, and no log contains it', async () => {
    const { text } = createApiKey();
    const lines: string[] = [];
    const stop = watchLog((line) => lines.push(JSON.stringify(line)));
    const answers = [
      await served.call(`${PROFILE}?api_key=${text}`),
      await served.call(`${PROFILE}?access_token=${text}`, { token: 'x' }),
    ];
    stop();
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    const audit = await served.asOwner('select * from audit_log');
    expect(JSON.stringify([lines, audit])).not.toContain(text.slice(0, 30));
    expect(lines.length).toBeGreaterThan(0);
  });
});

describe('a forged token', () => {
  test('is rejected without a signature, as the emulator issues them', async () => {
    await refusedWith(`${unsigned({ alg: 'none', typ: 'JWT' }, claims())}.`);
    const { kid } = localKey('user-tokens').keySet.keys[0] ?? {};
    await refusedWith(`${unsigned({ alg: 'none', kid }, claims())}.`);
  });

  test('is rejected when it is HMAC-signed with the public key', async () => {
    const jwk = signer().keySet.keys[0];
    // The types of jose and Node for this format differ only in name.
    const pem = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }).export({ format: 'pem', type: 'spki' });
    const start = unsigned({ alg: 'HS256', kid: jwk?.kid }, claims());
    await refusedWith(`${start}.${createHmac('sha256', pem).update(start).digest('base64url')}`);
  });

  test('is rejected with an unknown key, without kid, or with a key in its own header, and no key is fetched', async () => {
    let fetched = 0;
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'evil', alg: 'RS256' };
    const evil = createServer((_request, response) => {
      fetched += 1;
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    // A TCP server's address is never a string.
    const url = `http://127.0.0.1:${(evil.address() as AddressInfo).port}/keys`;
    const ours = signer().keySet.keys[0]?.kid;
    const sign = (header: object) =>
      new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', ...header }).sign(privateKey);
    await refusedWith(await sign({ kid: 'evil' }));
    await refusedWith(await sign({ kid: 'evil', jku: url }));
    await refusedWith(await sign({ kid: 'evil', jwk }));
    await refusedWith(await sign({ kid: 'evil', x5u: url }));
    await refusedWith(await sign({ kid: ours, jku: url, jwk }));
    await refusedWith(await sign({}));
    evil.close();
    expect(fetched).toBe(0);
  });

  test('is rejected when our key signed it but its header has no kid', async () => {
    const [head, payload] = (await signer().sign(claims())).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'RS256' })).toString('base64url');
    expect(header).not.toBe(head);
    const pem = (await import('../../../functions/platform/process/local-home.ts')).localSecret(
      'user-tokens.pem',
      () => '',
    );
    const { sign } = await import('node:crypto');
    const signature = sign('sha256', Buffer.from(`${header}.${payload}`), pem).toString('base64url');
    await refusedWith(`${header}.${payload}.${signature}`);
  });

  test.each<[string, () => JWTPayload]>([
    ['expired', () => ({ exp: now() - 1 })],
    ['without an end', () => ({ exp: undefined })],
    ['made in the future', () => ({ iat: now() + 301 + 5 })],
    ['of a sign-in in the future', () => ({ auth_time: now() + 301 + 5 })],
    ['without its making', () => ({ iat: undefined })],
    ['without a sign-in', () => ({ auth_time: undefined })],
    ['of nobody', () => ({ sub: '' })],
    ['without a person', () => ({ sub: undefined })],
    ['for another project', () => ({ aud: 'other-project' })],
    ['of another issuer', () => ({ iss: 'https://securetoken.google.com/other-project' })],
    ['of a session cookie', () => ({ iss: 'https://session.firebase.google.com/apexflow' })],
    ['of a tenant of the identity provider', () => ({ firebase: { sign_in_provider: 'password', tenant: 'b' } })],
    ['without the provider’s part', () => ({ firebase: undefined })],
  ])('is rejected %s', async (_what, changes) => {
    await refusedWith(await signer().sign(claims(changes())));
  });

  test('is accepted when the clock of the issuer is slightly ahead', async () => {
    const token = await signer().sign(claims({ iat: now() + 200, auth_time: now() + 200 }));
    expect((await served.call(PROFILE, { token })).status).toBe(200);
  });

  test('is rejected when the queue issued it', async () => {
    await refusedWith(await invokerToken('identity-get-profile'));
  });

  test('is rejected when it is too long or malformed', async () => {
    for (const token of ['x', 'a.b.c', 'eyJ.eyJ.', `${person.token}x`, 'a'.repeat(9000)]) await refusedWith(token);
  });
});

describe('a valid token', () => {
  test('403 for an anonymous sign-in, and no tenant is created', async () => {
    const anonymous = claims({ sub: 'anonymous-1', firebase: { sign_in_provider: 'anonymous' } });
    expect((await served.call(PROFILE, { token: await signer().sign(anonymous) })).status).toBe(403);
    expect(await served.asOwner(`select id from users where auth_subject = 'anonymous-1'`)).toEqual([]);
  });

  test('ignores tenant and role claims and uses the membership', async () => {
    const victim = await served.register();
    const viewer = await served.register();
    await served.asOwner(`update users set role = 'viewer' where id = $1`, [viewer.user.id]);
    const payload = JSON.parse(Buffer.from(viewer.token.split('.')[1] ?? '', 'base64url').toString());
    const token = await signer().sign({
      ...payload,
      tenant: victim.user.tenant_id,
      tenant_id: victim.user.tenant_id,
      role: 'admin',
    });
    const profile = await served.call(PROFILE, { token });
    expect(profile.body).toMatchObject({ role: 'viewer', tenant_id: viewer.user.tenant_id });
    expect((await served.call('PATCH /api/v1/tenant', { token, body: { name: 'Mine' } })).status).toBe(403);
  });

  test('creates a tenant once, with the first call of a user whom only the identity provider knows', async () => {
    const token = await signer().sign(claims({ sub: 'from-the-sdk', email: 'sdk@example.com', name: '' }));
    const answers = await Promise.all([1, 2, 3].map(() => served.call(PROFILE, { token })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({ display_name: 'sdk', role: 'admin' });
  });

  test('401 at once for a disabled user, with an entry in the audit log', async () => {
    const { token, user } = await served.register();
    expect((await served.call(PROFILE, { token })).status).toBe(200);
    await served.asOwner('update users set disabled_at = now() where id = $1', [user.id]);
    await refusedWith(token);
  });

  test('is cached until it expires', async () => {
    const verify = createUserVerifier(userTokenIssuer('local'), undefined);
    const exp = now() + 60;
    const token = await signer().sign(claims({ exp }));
    const first = await verify(token);
    expect(first.kind).toBe('valid');
    vi.useFakeTimers({ toFake: ['Date'], now: exp * 1000 - 1 });
    const again = await verify(token);
    // The same object: the second call did not verify the token again.
    expect(again.kind === 'valid' && first.kind === 'valid' && again.value === first.value).toBe(true);
    vi.setSystemTime(exp * 1000);
    expect((await verify(token)).kind).toBe('expired');
  });
});

describe('the issuer of tokens', () => {
  test('accepts only tokens of the configured Identity Platform tenant', async () => {
    const ofTenant = (tenant?: string) => signer().sign(claims({ firebase: { sign_in_provider: 'password', tenant } }));
    const verify = createUserVerifier(userTokenIssuer('local'), 'tenant-a');
    expect((await verify(await ofTenant('tenant-a'))).kind).toBe('valid');
    expect((await verify(await ofTenant('tenant-b'))).kind).toBe('refused');
    expect((await verify(await ofTenant())).kind).toBe('refused');
  });

  test('keys are fetched once, and an unavailable key server throws instead of rejecting the token', async () => {
    let fetched = 0;
    const server = createServer((_request, response) => {
      fetched += 1;
      response.end(JSON.stringify(signer().keySet));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A TCP server's address is never a string.
    const keys = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const issuer = { issuer: 'https://securetoken.google.com/p', audience: 'p', keys };
    const token = await signer().sign(claims({ iss: issuer.issuer, aud: 'p' }));
    const verify = createUserVerifier(issuer, undefined);
    expect((await verify(token)).kind).toBe('valid');
    expect((await verify(person.token)).kind).toBe('refused');
    expect(fetched).toBe(1);
    await new Promise((resolve) => server.close(resolve));
    await expect(createUserVerifier(issuer, undefined)(token)).rejects.toThrow('keys');
  });
});

describe('guessing', () => {
  test('thousands of invented keys from one address get 429, and another address is not affected', async () => {
    const address = 'guesser';
    const statuses = new Map<number, number>();
    const guess = async () => {
      for (let count = 0; count < 100; count += 1) {
        const { status } = await served.call(PROFILE, { token: createApiKey().text, address });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: 20 }, guess));
    // The bucket is refilled by one token a second while the requests are sent.
    const refilled = Math.ceil((performance.now() - start) / 1000);
    expect([...statuses.keys()].sort()).toEqual([401, 429]);
    expect(statuses.get(401)).toBeLessThanOrEqual(61 + refilled);
    const mistyped = createApiKey().text.slice(0, -1);
    expect((await served.call(PROFILE, { token: mistyped, address })).status).toBe(429);
    expect((await served.call(PROFILE, { token: mistyped })).status).toBe(401);
    expect((await served.call(PROFILE, { token: person.token, address })).status).toBe(200);
    const rows = await served.asOwner(`select count(*) as lines from audit_log where ip = 'guesser'`);
    expect(rows).toEqual([{ lines: statuses.get(401) }]);
  }, 120_000);

  test('an expired token does not count as a wrong credential', async () => {
    const token = await signer().sign(claims({ exp: now() - 1 }));
    const statuses = new Set<number>();
    for (let count = 0; count < 100; count += 1) {
      statuses.add((await served.call(PROFILE, { token, address: 'old-tab' })).status);
    }
    expect([...statuses]).toEqual([401]);
  });
});
