import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

/** Runs a program in its own process with the environment of Cloud Run. */
function runInCloud(program: string, variables: Record<string, string> = {}) {
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: {
      K_SERVICE: 'identity-login',
      DATABASE_URL: 'postgres://127.0.0.1:1/x',
      FIREBASE_PROJECT_ID: 'p',
      ...variables,
    },
  });
}

/** The start file of a deployed function. It is stopped after it has logged that it serves. */
const SERVE = `await import('./functions/platform/serve.ts'); setTimeout(() => process.kill(process.pid, 'SIGTERM'), 500);`;

const START = `await import('./functions/identity/endpoints/login.ts'); console.log('started');`;

describe('on Cloud Run', () => {
  test('starts a function', () => {
    const { status, stdout } = runInCloud(START);
    expect(status).toBe(0);
    expect(stdout).toContain('started');
  });

  test.each([
    ['FIREBASE_AUTH_EMULATOR_HOST', '127.0.0.1:9099'],
    ['FIRESTORE_EMULATOR_HOST', '127.0.0.1:8080'],
    ['STORAGE_EMULATOR_HOST', 'http://127.0.0.1:9199'],
    ['CLOUD_TASKS_EMULATOR_HOST', '127.0.0.1:9499'],
    ['APEXFLOW_HOME', '/tmp/home'],
    ['METADATA_SERVER_DETECTION', 'none'],
    ['DEFAULT_MODEL', 'rehearsal/team'],
  ])('refuses to start with %s and names the variable', (name, value) => {
    const { status, stdout, stderr } = runInCloud(START, { [name]: value });
    expect(status).not.toBe(0);
    expect(stdout).not.toContain('started');
    expect(stderr).toContain('Refusing to start on Cloud Run');
    expect(stderr).toContain(name);
  });

  test.each(['DATABASE_URL', 'FIREBASE_PROJECT_ID'])(
    'refuses to start a service without %s and names the variable',
    (name) => {
      const { status, stderr } = runInCloud(SERVE, { [name]: '', FUNCTION_TARGET: 'identity-login', PORT: '0' });
      expect(status).not.toBe(0);
      expect(stderr).toContain('Refusing to start on Cloud Run without');
      expect(stderr).toContain(name);
    },
  );

  test('starts the sandbox service without them, because it has no access to either', () => {
    const { stdout } = runInCloud(SERVE, {
      DATABASE_URL: '',
      FIREBASE_PROJECT_ID: '',
      FUNCTION_TARGET: 'tools-run-sandbox-command',
      PORT: '0',
    });
    expect(stdout).toContain('tools-run-sandbox-command serves POST /internal/sandbox/commands');
  });

  test('does not offer the local issuer', () => {
    const { status, stderr } = runInCloud(
      `(await import('./functions/identity/local-accounts.ts')).createLocalAccounts();`,
    );
    expect(status).not.toBe(0);
    expect(stderr).toContain('The local issuer is not available on Cloud Run');
  });

  test('uses Firebase as the identity provider, whatever else is set', () => {
    const { stdout } = runInCloud(
      `const { identityProvider, userTokenIssuer } = await import('./functions/platform/sign-in/authenticate.ts');
      const { issuer, audience, keys } = userTokenIssuer('firebase');
      console.log(identityProvider(), issuer, audience, keys.origin);`,
      { FIREBASE_API_KEY: '' },
    );
    expect(stdout.trim()).toBe('firebase https://securetoken.google.com/p p https://www.googleapis.com');
  });

  test('rejects a token of the Firebase emulator', () => {
    const { stdout, stderr } = runInCloud(
      `const { createUserVerifier, userTokenIssuer } = await import('./functions/platform/sign-in/authenticate.ts');
      const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: 'https://securetoken.google.com/p', aud: 'p', sub: 'eve', iat: now, auth_time: now, exp: now + 60,
        firebase: { sign_in_provider: 'password' } };
      const token = part({ alg: 'none', typ: 'JWT' }) + '.' + part(claims) + '.';
      console.log((await createUserVerifier(userTokenIssuer('firebase'), undefined)(token)).kind);`,
    );
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe('refused');
  });

  test('internal functions fail without FUNCTION_URL and TASKS_INVOKER', () => {
    const program = `const { verifyInvoker } = await import('./functions/platform/sign-in/oidc.ts');
      await verifyInvoker({ headers: { authorization: 'Bearer a.b.c' } }, 'runs-take-turn');`;
    expect(runInCloud(program).stderr).toContain('FUNCTION_URL is missing');
    const url = { FUNCTION_URL: 'https://{name}.example.com' };
    expect(runInCloud(program, url).stderr).toContain('TASKS_INVOKER is missing');
  });
});
