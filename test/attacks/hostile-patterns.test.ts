import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discoverFunctions } from '../../functions/platform/discover.ts';
import { redact } from '../../functions/platform/log.ts';
import { parseApiKey } from '../../functions/platform/sign-in/api-key.ts';
import { bearerToken } from '../../functions/platform/sign-in/authenticate.ts';
import { WORKSPACE_TOOLS } from '../../functions/tools/toolbox.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';
import { hostileTexts, PATIENCE_MS, patternsOf, slowText } from './hostile-patterns.ts';

/** Text that makes regular expressions backtrack (attack 43). */
const declarations = (await discoverFunctions()).map(({ declaration }) => declaration);
const schemas = [
  ...declarations.flatMap(({ contract }) => [contract?.params, contract?.query, contract?.body]),
  ...WORKSPACE_TOOLS.map((tool) => tool.parameters),
].filter((schema) => schema !== undefined);
const patterns = [...new Set(schemas.flatMap(patternsOf))];

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startServer();
  person = await server.signUp();
});
afterAll(() => server.close());

describe('no pattern is slow', () => {
  test('the walk finds patterns, and would see a slow one', () => {
    expect(patterns.length).toBeGreaterThan(5);
    expect(slowText(/^(a+)+$/)).toBeDefined();
  });

  test.for(patterns)('of a schema: %s', (pattern) => {
    expect(slowText(new RegExp(pattern, 'u'))).toBeUndefined();
  });

  test('of routes', () => {
    for (const { route } of declarations) {
      for (const text of hostileTexts())
        expect(timeOf(() => route.match(route.path.replace(/\{\w+\+?\}/, text)))).toBeLessThan(PATIENCE_MS);
    }
  });

  test.for([
    ['what masks secrets in logs and answers', redact],
    [
      'what reads a credential',
      (text: string) => bearerToken({ headers: { authorization: `Bearer ${text}` } } as never),
    ], // Only the headers are read.
    ['what reads an API key', parseApiKey],
  ] as const)('%s', ([, read]) => {
    for (const text of hostileTexts())
      expect(
        timeOf(() => read(text)),
        text.slice(0, 20),
      ).toBeLessThan(PATIENCE_MS);
  });
});

describe('over HTTP', () => {
  const withBody = declarations.filter(
    ({ contract }) => contract?.body !== undefined && contract.access !== 'internal',
  );

  test.for(withBody.map(({ name, route }) => [name, route.path] as const))(
    '422 at once, and short, for names and texts of almost a megabyte: %s',
    async ([, path]) => {
      const declaration = withBody.find(({ route }) => route.path === path);
      for (const piece of ['a', 'a.', 'a@', 'a://b:', '%']) {
        const long = piece.repeat(Math.floor(800_000 / piece.length));
        const text = long.slice(0, 150_000);
        for (const body of [{ [long]: 1 }, { email: text, task: text, text, name: text, query: text }]) {
          const started = performance.now();
          const answer = await server.call(declaration?.route.method ?? '', path, { token: person.token, body });
          expect(answer.status).toBe(422);
          expect(performance.now() - started).toBeLessThan(5_000);
          expect(JSON.stringify(answer.body).length).toBeLessThan(10_000);
        }
      }
    },
  );

  test('an e-mail address of almost a megabyte', async () => {
    const email = `${'a.'.repeat(450_000)}@${randomBytes(4).toString('hex')}.example`;
    expect((await server.call('POST', '/api/v1/auth/login', { body: { email, password: 'x' } })).status).toBe(422);
  });
});

function timeOf(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
