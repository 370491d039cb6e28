import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import { log } from '../../functions/platform/log.ts';
import { checkLoggedErrors, expectLoggedError } from '../support/setup-log.ts';
import { checkNetwork } from '../support/setup-network.ts';

/** Tests the guards of all tests, because a guard that accepts everything would not be noticed. */

it('fails a test that calls another host by fetch or by a socket, and sends nothing', async () => {
  await expect(fetch('http://192.0.2.1/')).rejects.toThrow();
  await expect(fetch('https://metadata.google.internal/')).rejects.toThrow();
  await new Promise((resolve) => connect(443, '192.0.2.2').once('error', resolve));
  expect(checkNetwork).toThrow(/192\.0\.2\.1[\s\S]*metadata\.google\.internal[\s\S]*192\.0\.2\.2/);
  expect(checkNetwork).not.toThrow();
});

it('fails a test that logs an unannounced error', () => {
  log('error', 'something broke');
  expect(checkLoggedErrors).toThrow('something broke');
  expect(checkLoggedErrors).not.toThrow();
});

it('fails a test that announces an error and does not log it', () => {
  expectLoggedError(/nothing like this/);
  expect(checkLoggedErrors).toThrow('nothing like this');
});

it('accepts an announced error', () => {
  expectLoggedError(/announced/);
  log('error', 'this was announced', { error: new Error('twice') });
  log('error', 'this was announced');
  expect(checkLoggedErrors).not.toThrow();
});

it('gives each file its own home and database, and no keys of the developer', () => {
  expect(environment.APEXFLOW_HOME).toMatch(/apexflow-test-/);
  if (environment.DATABASE_URL) expect(environment.DATABASE_URL).toMatch(/\/apexflow_test_[0-9a-f]{12}$/);
  const { GEMINI_API_KEY, ANTHROPIC_API_KEY, OPENAI_API_KEY, K_SERVICE } = environment;
  expect([GEMINI_API_KEY, ANTHROPIC_API_KEY, OPENAI_API_KEY, K_SERVICE]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
