import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invokerToken } from '../../../functions/platform/sign-in/oidc.ts';
import { CodeResult } from '../../../functions/tools/code/code.ts';
import { runSandboxCode } from '../../../functions/tools/endpoints/run-sandbox-code.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startServer([runSandboxCode]);
  token = await invokerToken('tools-run-sandbox-code');
});
afterAll(() => server.close());

const post = (body: unknown, options: { token?: string } = { token }) =>
  server.call('POST', '/internal/sandbox/code', { body, ...options });

describe('POST /internal/sandbox/code', () => {
  test('200: runs the program and returns its output and value', async () => {
    const { status, body } = await post({ language: 'javascript', code: 'console.log(input); 6 * 7', input: 'given' });
    expect(status).toBe(200);
    expect(CodeResult.parse(body)).toMatchObject({ end: { status: 'completed', value: '42' }, output: 'given\n' });
  });

  test('200: returns how a program failed', async () => {
    const { status, body } = await post({ language: 'python', code: '1 / 0' });
    expect(status).toBe(200);
    expect(CodeResult.parse(body)).toMatchObject({
      end: { status: 'failed', error: expect.stringContaining('ZeroDivisionError') },
    });
  });

  test('401: without a token, and with a token for another function', async () => {
    const body = { language: 'javascript', code: '1' };
    expect((await post(body, {})).status).toBe(401);
    expect((await post(body, { token: await invokerToken('runs-take-turn') })).status).toBe(401);
  });

  test.each([
    ['an unknown language', { language: 'ruby', code: '1' }],
    ['an empty program', { language: 'javascript', code: '' }],
    ['a program above the limit', { language: 'javascript', code: ' '.repeat(100_001) }],
    ['an input above the limit', { language: 'javascript', code: '1', input: ' '.repeat(1_000_001) }],
    ['a timeout above the limit', { language: 'javascript', code: '1', timeout_seconds: 31 }],
    ['an unknown field', { language: 'javascript', code: '1', files: [] }],
  ])('422: %s', async (_what, body) => {
    expect((await post(body)).status).toBe(422);
  });

  test('413: a body above 2 MiB', async () => {
    expect((await post({ language: 'javascript', code: '1', input: ' '.repeat(2 * 1024 * 1024) })).status).toBe(413);
  });

  test('is deployed with one program per instance, as the account without rights', () => {
    expect(runSandboxCode.deployment).toMatchObject({ identity: 'sandbox', concurrency: 1 });
    expect(runSandboxCode.deployment.secrets).toBeUndefined();
  });
});
