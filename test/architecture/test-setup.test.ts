import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import { log } from '../../functions/platform/log.ts';
import { checkLoggedErrors, expectLoggedError } from '../support/setup-log.ts';
import { checkNetwork } from '../support/setup-network.ts';

/** What protects the tests is tested as well: a guard that lets everything through would look the same. */

it('fails a test that reaches out of this machine, by fetch and by a socket, and nothing leaves', async () => {
  await expect(fetch('http://192.0.2.1/')).rejects.toThrow();
  await expect(fetch('https://metadata.google.internal/')).rejects.toThrow();
  await new Promise((resolve) => connect(443, '192.0.2.2').once('error', resolve));
  expect(checkNetwork).toThrow(/192\.0\.2\.1[\s\S]*metadata\.google\.internal[\s\S]*192\.0\.2\.2/);
  expect(checkNetwork).not.toThrow();
});

it('fails a test that logs an error which it did not announce', () => {
  log('error', 'something broke');
  expect(checkLoggedErrors).toThrow('something broke');
  expect(checkLoggedErrors).not.toThrow();
});

it('fails a test that announces an error which does not come', () => {
  expectLoggedError(/nothing like this/);
  expect(checkLoggedErrors).toThrow('nothing like this');
});

it('lets an announced error through', () => {
  expectLoggedError(/announced/);
  log('error', 'this was announced', { error: new Error('twice') });
  log('error', 'this was announced');
  expect(checkLoggedErrors).not.toThrow();
});

it('gives each file a home and a database of its own, and no keys of the developer', () => {
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
