import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discoverFunctions } from '../../functions/platform/discover.ts';
import { bearerToken } from '../../functions/platform/http/request-head.ts';
import { redact } from '../../functions/platform/log.ts';
import { parseApiKey } from '../../functions/platform/sign-in/api-key.ts';
import { WORKSPACE_TOOLS } from '../../functions/tools/toolbox.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';
import { patternsOf, slowText } from './hostile-patterns.ts';

/** Tests every regular expression that reads text of callers for catastrophic backtracking (ReDoS). */
const declarations = (await discoverFunctions()).map(({ declaration }) => declaration);
const schemas = [
  ...declarations.flatMap(({ contract }) => [contract?.params, contract?.query, contract?.body]),
  ...WORKSPACE_TOOLS.map((tool) => tool.parameters),
].filter((schema) => schema !== undefined);
const patterns = [...new Set(schemas.flatMap(patternsOf))];
/** Routes with parameters. Other paths are compared without a regular expression. */
const paths = new Map(
  declarations.filter(({ route }) => route.path.includes('{')).map(({ route }) => [route.path, route]),
);

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startServer();
  person = await server.signUp();
});
afterAll(() => server.close());

describe('no pattern is slow', () => {
  test('the search finds patterns, and detects exponential and quadratic time', async () => {
    expect(patterns.length).toBeGreaterThan(5);
    expect(await slowText((text) => /^(a+)+$/.test(text), 500, { hangMs: 500 })).toMatch(/^a+$/);
    expect(await slowText((text) => /-+$/.test(text), 1_000)).toMatch(/^-+$/);
    expect(await slowText((text) => /^a*$/.test(text), 1_000)).toBeUndefined();
  });

  test.for(patterns)('of a schema: %s', async (source) => {
    const pattern = new RegExp(source, 'u');
    expect(await slowText((text) => pattern.test(text))).toBeUndefined();
  });

  // Node's default limit for a request head is 16 KiB.
  test.for([...paths])('of the path %s', async ([path, route]) => {
    const read = (text: string) => route.match(path.replace(/\{\w+\+?\}/, () => text));
    expect(await slowText(read, 2_000)).toBeUndefined();
  });

  test.for([
    ['what masks secrets in logs and answers', redact],
    [
      'what reads a credential',
      (text: string) => bearerToken({ headers: { authorization: `Bearer ${text}` } } as never),
    ], // Only the headers are read.
    ['what reads an API key', parseApiKey],
  ] as const)('%s', async ([, read]) => {
    expect(await slowText(read)).toBeUndefined();
  });
});

describe('over HTTP', () => {
  const withBody = declarations.filter(
    ({ contract }) => contract?.body !== undefined && contract.access !== 'internal',
  );

  test.for(withBody.map(({ name, route }) => [name, route.path] as const))(
    // Quadratic work on 800,000 characters takes minutes, longer than the timeout of the test.
    '422 with a short body for names and texts of almost a megabyte: %s',
    async ([, path]) => {
      const declaration = withBody.find(({ route }) => route.path === path);
      for (const piece of ['a', 'a.', 'a@', 'a://b:', '%']) {
        const long = piece.repeat(Math.floor(800_000 / piece.length));
        const text = long.slice(0, 150_000);
        for (const body of [{ [long]: 1 }, { email: text, task: text, text, name: text, query: text }]) {
          const answer = await server.call(declaration?.route.method ?? '', path, { token: person.token, body });
          expect(answer.status).toBe(422);
          expect(JSON.stringify(answer.body).length).toBeLessThan(10_000);
        }
      }
    },
  );

  test('422 for an e-mail address of almost a megabyte', async () => {
    const email = `${'a.'.repeat(450_000)}@${randomBytes(4).toString('hex')}.example`;
    expect((await server.call('POST', '/api/v1/auth/login', { body: { email, password: 'x' } })).status).toBe(422);
  });
});
