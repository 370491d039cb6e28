import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { environment } from '../../functions/platform/environment.ts';
import { firebaseAuth } from '../../functions/platform/sign-in/firebase-admin.ts';
import { type Served, serveIdentity } from '../identity/serve.ts';
import { type AuthEmulator, isEmulatorInstalled, startAuthEmulator } from './auth-emulator.ts';

/**
 * Tests the Firebase adapter with the Firebase Auth emulator. The tests are skipped when the emulator is not installed.
 * `.ci/run` sets FIREBASE_EMULATOR_TESTS, and then they fail instead.
 */
const PROJECT = 'demo-apexflow';
const isWanted = isEmulatorInstalled || process.env.FIREBASE_EMULATOR_TESTS === '1';
const reason = isWanted ? '' : ' (skipped: the emulator is not installed, see test/emulators/package.json)';

describe.skipIf(!isWanted)(`Firebase${reason}`, () => {
  let emulator: AuthEmulator;
  let served: Served;
  beforeAll(async () => {
    if (!isEmulatorInstalled) throw new Error('FIREBASE_EMULATOR_TESTS is set and the emulator is not installed');
    emulator = await startAuthEmulator(PROJECT);
    environment.FIREBASE_PROJECT_ID = PROJECT;
    environment.FIREBASE_AUTH_EMULATOR_HOST = emulator.host;
    // firebase-admin reads the variable itself.
    process.env.FIREBASE_AUTH_EMULATOR_HOST = emulator.host;
    served = await serveIdentity();
  }, 90_000);
  afterAll(async () => {
    await served?.close();
    await emulator?.stop();
  });

  const PROFILE = 'GET /api/v1/user/profile';
  const login = (email: string, password: string) =>
    served.call('POST /api/v1/auth/login', { body: { email, password } });

  test('registers, signs in and refreshes, and all tokens are accepted', async () => {
    const person = await served.register({ display_name: 'Grace', tenant_name: 'Compilers' });
    expect(person.user).toMatchObject({ display_name: 'Grace', role: 'admin' });
    const again = await login(person.email, person.password);
    expect(again.body).toMatchObject({ token_type: 'bearer', expires_in: 3600, user: person.user });
    const refreshed = await served.call('POST /api/v1/auth/refresh', { body: { refresh_token: person.refreshToken } });
    expect(refreshed.body).toMatchObject({ token_type: 'bearer', user: person.user });
    for (const token of [person.token, again.body.access_token, refreshed.body.access_token]) {
      expect((await served.call(PROFILE, { token })).body).toMatchObject({ id: person.user.id, email: person.email });
    }
  });

  test('409: rejects an address that has an account', async () => {
    const { email } = await served.register();
    const body = { email, password: 'another password', display_name: 'Eve' };
    expect((await served.call('POST /api/v1/auth/register', { body })).status).toBe(409);
  });

  test('401: gives the same answer for an unknown address, a wrong password and a disabled account', async () => {
    const { email, password } = await served.register();
    const wrong = await login(email, 'wrong password');
    const unknown = await login('nobody@example.com', 'wrong password');
    const auth = await firebaseAuth(PROJECT);
    await auth.updateUser((await auth.getUserByEmail(email)).uid, { disabled: true });
    const disabled = await login(email, password);
    expect([wrong, unknown, disabled].map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(new Set([wrong, unknown, disabled].map(({ body }) => body.detail)).size).toBe(1);
  });

  test('401: rejects an unknown refresh token', async () => {
    const answer = await served.call('POST /api/v1/auth/refresh', { body: { refresh_token: 'made-up' } });
    expect(answer.status).toBe(401);
  });

  test('204: a logout ends all access and refresh tokens at once, and a login directly after it works', async () => {
    const { email, password, token, refreshToken } = await served.register();
    const before = Date.now();
    expect((await served.call('POST /api/v1/auth/logout', { token })).status).toBe(204);
    // Must come before the next sign-in: after it, the emulator (unlike Firebase) accepts old refresh tokens again.
    const refreshed = await served.call('POST /api/v1/auth/refresh', { body: { refresh_token: refreshToken } });
    expect(refreshed.status).toBe(401);
    const back = await login(email, password);
    expect(back.status).toBe(200);
    expect((await served.call(PROFILE, { token })).status).toBe(401);
    expect((await served.call(PROFILE, { token: back.body.access_token })).status).toBe(200);
    const auth = await firebaseAuth(PROJECT);
    const { tokensValidAfterTime } = await auth.getUserByEmail(email);
    // The time is in whole seconds.
    const validAfter = Date.parse(tokensValidAfterTime ?? '');
    expect(validAfter).toBeGreaterThan(before - 1_000);
    expect(validAfter).toBeLessThanOrEqual(Date.now());
  });

  test('403: rejects an anonymous sign-in', async () => {
    const answer = await fetch(`http://${emulator.host}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=k`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ returnSecureToken: true }),
    });
    const { idToken: token } = z.object({ idToken: z.string() }).parse(await answer.json());
    expect((await served.call(PROFILE, { token })).status).toBe(403);
  });

  test('ignores custom claims of tenant and role', async () => {
    const { email, password, user } = await served.register();
    const auth = await firebaseAuth(PROJECT);
    const { uid } = await auth.getUserByEmail(email);
    await auth.setCustomUserClaims(uid, { tenant_id: 'ten_other', role: 'owner' });
    const { body } = await login(email, password);
    const profile = await served.call(PROFILE, { token: body.access_token });
    expect(profile.body).toMatchObject({ tenant_id: user.tenant_id, role: 'admin' });
  });

  test('502: answers when the identity provider cannot be reached', async () => {
    environment.FIREBASE_AUTH_EMULATOR_HOST = '127.0.0.1:1';
    const answer = await login('ada@example.com', 'correct horse');
    environment.FIREBASE_AUTH_EMULATOR_HOST = emulator.host;
    expect(answer.status).toBe(502);
  });
});
