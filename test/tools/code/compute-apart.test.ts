import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useLocalGateway } from '../../../functions/platform/process/own-url.ts';
import { queryJson } from '../../../functions/tools/data/query-json.ts';
import { runSandboxCode } from '../../../functions/tools/endpoints/run-sandbox-code.ts';
import { matchRegex } from '../../../functions/tools/text/match-regex.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { answerOf } from '../tool-answer.ts';

/** The tools whose work no limit on the input bounds, in real processes behind real HTTP. */
let server: TestServer;
beforeAll(async () => {
  server = await startServer([runSandboxCode]);
});
afterAll(() => server.close());

const match = (pattern: string, text: string, more = {}) => answerOf(matchRegex, { pattern, text, ...more });
const query = (expression: string, json: string) => answerOf(queryJson, { expression, json });

describe('match_regex', () => {
  test.each([
    [['b.', 'ab1\nxb2'], '2 matches\nline 1, column 2: "b1"\nline 2, column 2: "b2"'],
    [
      ['(?<key>\\w+)=(\\d)?', 'a=1 b='],
      '2 matches\nline 1, column 1: "a=1" (key: "a")\nline 1, column 5: "b=" (key: "b")',
    ],
    [['(a)|(b)', 'b'], '1 match\nline 1, column 1: "b" (1: no match, 2: "b")'],
    [['^x', 'x\nX', { flags: 'im', limit: 1 }], '2 matches\nline 1, column 1: "x"\n… 1 more'],
    [['(\\w+) (\\w+)', 'one two', { replacement: '$2 $1' }], '1 match\ntwo one'],
    [['x', 'axa', { replacement: '' }], '1 match\naa'],
    [['q', 'abc'], 'No match'],
    [['', 'ab'], '! The arguments of match_regex are wrong'],
    [['(', 'abc'], '! The pattern is wrong'],
  ] as [Parameters<typeof match>, string][])('%j', async (given, said) => {
    expect((await match(...given)).slice(0, said.length)).toBe(said);
  });
});

describe('query_json', () => {
  const orders =
    '{"orders":[{"id":1,"total":20.5,"paid":true},{"id":2,"total":3,"paid":false},{"id":3,"total":4,"paid":true}]}';

  test.each([
    ['$sum(orders[paid].total)', '24.5'],
    ['orders^(>total).id', '[\n  1,\n  3,\n  2\n]'],
    ['nothing.here', 'Nothing was found.'],
    ['orders.', '! The expression is wrong at character 7'],
    ['__proto__', 'Nothing was found.'],
  ])('%s', async (expression, said) => {
    expect((await query(expression, orders)).slice(0, said.length)).toBe(said);
  });

  test('says that the text is no JSON', async () => {
    expect(await query('a', '{')).toContain('! The text is not JSON');
  });
});

test('stops what never ends and what fills the memory, and says so', async () => {
  const answers = await Promise.all([
    match('(a+)+$', `${'a'.repeat(40)}!`),
    query('($f := function($x){$f($x + 1)}; $f(1))', '{}'),
    query('$map([1..10000000], function($i){ [1..10000000] })', '{}'),
  ]);
  for (const answer of answers) expect(answer).toMatch(/^! Stopped/);
});

test('reports a service that does not answer', async () => {
  useLocalGateway('http://127.0.0.1:1');
  try {
    expect(await match('a', 'a')).toBe('! Nothing was computed: the interpreter did not answer. Try once more.');
  } finally {
    useLocalGateway(server.url);
  }
});
