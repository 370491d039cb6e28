import { expect, test } from 'vitest';
import { callTool, declareTool, type Tool, type ToolContext } from '../../functions/tools/tool.ts';
import { TOOL_FAMILIES } from '../../functions/tools/toolbox.ts';

/**
 * Every tool that computes something of its arguments alone, with hostile arguments. Each call must be a value that a
 * model reads, in storable text, and short work on the event loop; the limit of time is the test's own.
 */
const { numbers, dates, text, data, identifiers } = TOOL_FAMILIES;
/** They compute in another process, see test/tools/code/compute-apart.test.ts. */
const APART = ['match_regex', 'query_json'];
const TOOLS: readonly Tool[] = [...numbers, ...dates, ...text, ...data, ...identifiers].filter(
  ({ name }) => !APART.includes(name),
);

const MOST = 200_000;
const HOSTILE: [name: string, value: unknown][] = [
  ['1 MB', 'x'.repeat(1_000_000)],
  ['as long as it may be', 'x y.\n'.repeat(MOST / 5)],
  ['deep JSON', '['.repeat(MOST)],
  ['deep objects', '{"a":'.repeat(MOST / 5)],
  ['prototype keys', '{"__proto__":{"x":1},"constructor":{"prototype":1}}'],
  ['a column __proto__', '__proto__,constructor\n1,2'],
  ['lone surrogates and NUL', '\ud800\0\udfff{"a":"\ud800"}'],
  ['quotation marks', '"'.repeat(MOST)],
  ['quoted pairs', '"a"'.repeat(MOST / 3)],
  ['commas', ','.repeat(MOST)],
  ['line breaks', '\r\n'.repeat(MOST / 2)],
  ['many tags of YAML', `x: ${'!t '.repeat(6_600)}`],
  ['many keys of YAML', Array.from({ length: 2_000 }, (_, at) => `k${at}: v`).join('\n')],
  ['aliases of YAML', `a: &a [x]\n${Array.from({ length: 500 }, (_, at) => `b${at}: [*a, *a]`).join('\n')}`],
  ['deep sections', '{{#a}}'.repeat(MOST / 6)],
  ['tags of a template', '{{'.repeat(MOST / 2)],
  ['percent signs', '%'.repeat(MOST)],
  ['brackets', '('.repeat(1_000)],
  ['powers', '9**9**9**9'],
  ['dates', '1/1/1 '.repeat(83)],
  ['words of dates', 'next last friday of the '.repeat(20)],
  ['combining marks', `a${'\u0301'.repeat(MOST - 1)}`],
  ['a family of emoji', '👨‍👩‍👧'.repeat(MOST / 8)],
  ['right to left', '\u202e\u2066evil'],
  ['nothing', ''],
  ['a number', Number.MAX_SAFE_INTEGER],
  ['a fraction', 5e-324],
  ['a negative number', -1e308],
  ['null', null],
  ['a list', Array.from({ length: 1_000 }, () => 'x'.repeat(1_000))],
  ['a list of numbers', [Number.NaN]],
  ['an object', JSON.parse('{"__proto__":{"polluted":true}}')],
  ['an object in an object', { a: { a: { a: { a: {} } } } }],
];

/** What each argument is when it is not hostile. */
const PLAIN: Record<string, unknown> = {
  expression: '1',
  value: 1,
  from: 'm',
  to: 'km',
  minimum: 1,
  maximum: 2,
  count: 2,
  text: 'a',
  date: '2026-01-01',
  amount: 1,
  unit: 'days',
  time: '2026-01-01T00:00',
  to_zones: ['UTC'],
  old_text: 'a',
  new_text: 'b',
  template: '{{a}}',
  values: { a: 1 },
  items: ['a'],
  data: '{}',
  json: '{}',
  encoding: 'base64',
  decode: true,
  version: '4',
};
const PLAIN_OF: Record<string, Record<string, unknown>> = {
  subtract_dates: { from: '2026-01-01', to: '2026-01-02' },
  convert_data: { from: 'json', to: 'csv' },
};

const context = { signal: new AbortController().signal } as ToolContext;

test.each(TOOLS.map((tool) => [tool.name, tool] as const))(
  '%s answers every hostile argument with a value',
  async (name, tool) => {
    const { properties = {} } = declareTool(tool).parameters as { properties?: Record<string, unknown> };
    const plain = Object.fromEntries(
      Object.keys(properties).flatMap((field) =>
        field in PLAIN ? [[field, PLAIN_OF[name]?.[field] ?? PLAIN[field]]] : [],
      ),
    );
    const variants: Record<string, unknown>[] = [{}];
    if (name === 'convert_data') variants.push({ from: 'csv', to: 'yaml' }, { from: 'yaml', to: 'csv' });
    if (name === 'encode_text') variants.push({ encoding: 'hex' }, { encoding: 'url' }, { decode: false });
    for (const field of Object.keys(properties))
      for (const [what, value] of HOSTILE)
        for (const variant of variants) {
          const outcome = await callTool([tool], name, { ...plain, ...variant, [field]: value }, context);
          if (outcome.status !== 'completed') throw new Error(`${name} waits for ${field}: ${what}`);
          expect(outcome.output.isWellFormed() && !outcome.output.includes('\0'), `${field}: ${what}`).toBe(true);
          expect(outcome.output.length, `${field}: ${what}`).toBeLessThan(70_000);
          expect(outcome.statements).toEqual([]);
        }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  },
);
