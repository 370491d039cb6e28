import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFirebaseAccounts } from '../../functions/identity/firebase-accounts.ts';
import { environment } from '../../functions/platform/environment.ts';
import { readBody, type ScriptedHttpServer, sendJson, startHttpServer } from '../support/scripted-server.ts';

/** Plays Identity Toolkit at the address of the emulator: the Admin SDK does not sign custom tokens for it. */
const calls: { path: string; body: { token: string; returnSecureToken: boolean } }[] = [];
let server: ScriptedHttpServer;
beforeAll(async () => {
  server = await startHttpServer(async (request, response) => {
    calls.push({ path: request.url ?? '', body: JSON.parse(String(await readBody(request))) });
    sendJson(response, 200, { idToken: 'id-token', refreshToken: 'refresh-token', expiresIn: '3600' });
  });
  environment.FIREBASE_PROJECT_ID = 'demo-custom';
  environment.FIREBASE_AUTH_EMULATOR_HOST = `127.0.0.1:${server.port}`;
  // firebase-admin reads the variable itself.
  process.env.FIREBASE_AUTH_EMULATOR_HOST = environment.FIREBASE_AUTH_EMULATOR_HOST;
});
afterAll(() => server.close());

test('exchanges a custom token with the subject and the claims, and gives no refresh token away', async () => {
  const claims = { github_credential: 'sealed' };
  const tokens = await createFirebaseAccounts().signInVerified({
    subject: 'github:github.com:7',
    displayName: 'A',
    claims,
  });
  expect(tokens).toEqual({ accessToken: 'id-token', expiresInSeconds: 3600 });
  expect(calls).toMatchObject([
    { path: '/identitytoolkit.googleapis.com/v1/accounts:signInWithCustomToken', body: { returnSecureToken: true } },
  ]);
  const payload = JSON.parse(Buffer.from(calls[0]?.body.token.split('.')[1] ?? '', 'base64url').toString());
  expect(payload).toMatchObject({ uid: 'github:github.com:7', claims });
});
