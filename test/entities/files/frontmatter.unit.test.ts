import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { frontmatterText } from '../../../functions/entities/files/edit.ts';
import { parseEntity } from '../../../functions/entities/files/entity-file.ts';
import {
  addAliases,
  entriesOfFields,
  fieldOf,
  readFrontmatter,
  splitFrontmatter,
  withFields,
} from '../../../functions/entities/files/frontmatter.ts';

const MEANINGFUL = [
  ...['yes', 'No', 'on', 'OFF', 'y', 'N', 'true', 'null', 'Null', '~', '12:30', '1:2:3', '2024-01-01', '1e3', '0x1F'],
  ...['0o17', '017', '1_000', '.5', '1.', '.inf', '-1', '+2', '0b11', '=', '<<', '---', '...', '-', '- x', '?', '? x'],
  ...['*anchor', '&anchor', '!tag', '%x', '@anna', '`x`', '#general', 'Foo # bar', 'a: b', 'a:', '[bot] x', '{a}'],
  ...['a, b', 'a]b', '"Mo" Farah', "O'Brien", "'quoted'", 'back\\slash', '"', '|', '>', 'tab\tx', 'nel\u0085x'],
  ...['line\u2028x', 'del\u007f', 'c1\u0080', 'x\ufeffx', '\ud83d\ude00', 'zero\u200bwidth', '\u5c0f\u660e'],
];

/** PyYAML is a reader of YAML 1.1 of its own. It is not on every machine. */
function readByPython(texts: readonly string[]): unknown[] | undefined {
  const program = 'import json,sys,yaml; print(json.dumps([yaml.safe_load(t) for t in json.load(sys.stdin)]))';
  try {
    const input = JSON.stringify(texts);
    return JSON.parse(
      execFileSync('python3', ['-c', program], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] }),
    );
  } catch {
    return undefined;
  }
}

describe('what is written', () => {
  const headOf = (name: string) =>
    frontmatterText({ name, type: 'person', aliases: [name, 'Second'] }).split('---\n')[1] ?? '';

  test('is the same text for every reader of YAML 1.1 and 1.2, and for ourselves', () => {
    const signs = fc.string({ unit: fc.constantFrom(...'0123456789eExXoB._:-+ TZ~#&*!|>%@`"\',[]{}?=<yYnN/\\') });
    const name = fc.oneof(fc.constantFrom(...MEANINGFUL), signs, fc.string({ unit: 'binary' }));
    const isName = (text: string) =>
      text.trim() === text && text !== '' && text.isWellFormed() && !/[\r\n\0]/.test(text);
    fc.assert(
      fc.property(name.filter(isName), (text) => {
        const head = headOf(text);
        for (const version of ['1.1', '1.2'] as const)
          expect(parse(head, { version })).toMatchObject({ name: text, aliases: [text, 'Second'] });
        expect(readFrontmatter(`---\n${head}---\n`).name).toBe(text.replaceAll(/\s+/g, ' ').trim() || undefined);
      }),
      { numRuns: 200, examples: MEANINGFUL.map((text) => [text]) },
    );
    const read = readByPython(MEANINGFUL.map(headOf));
    if (read !== undefined) expect(read).toMatchObject(MEANINGFUL.map((text) => ({ name: text })));
  });
});

describe('what others write', () => {
  const read = (...lines: string[]) => readFrontmatter(['---', ...lines, '---', ''].join('\n'));

  test.each([
    [
      'plain texts that YAML takes for something else',
      ['name: yes', 'type: 007', 'aliases: [12:30, 2024-01-01, 1e3]'],
      'yes',
      '007',
      ['12:30', '2024-01-01', '1e3'],
    ],
    [
      'quotes and escapes',
      ['name: "Mo \\"X\\" \\u00e9"', "type: 'it''s'", 'aliases: ["Lund, Carla", \'b\']'],
      'Mo "X" é',
      "it's",
      ['Lund, Carla', 'b'],
    ],
    [
      'a block list with comments',
      ['# who', 'name: Carla # the first', 'aliases: # more', '- Caro', '  # and', '- "C: L"'],
      'Carla',
      undefined,
      ['Caro', 'C: L'],
    ],
    ['a list over lines', ['aliases: [', '  Caro,', '  Lund', ']', 'name: X'], 'X', undefined, ['Caro', 'Lund']],
    ['texts over lines', ['name: >-', '  Carla', '  Lund', 'type: |', '  person'], 'Carla Lund', 'person', []],
    ['aliases as one text', ['aliases: Caro, Carlita'], undefined, undefined, ['Caro', 'Carlita']],
    ['one quoted alias', ['aliases: "Lund, Carla"'], undefined, undefined, ['Lund, Carla']],
    [
      'empty values and null',
      ['name: null', 'type:', 'aliases: [~, "", null, "null"]'],
      undefined,
      undefined,
      ['null'],
    ],
    [
      'keys in any case, quoted, and repeated: the last counts',
      ['Name: One', '"name": Two', 'TYPE: x'],
      'Two',
      'x',
      [],
    ],
    ['anchors', ['name: &n Carla', 'aliases: [*n, &b Caro, *b, *unknown]'], 'Carla', undefined, ['Carla', 'Caro']],
    ['values of another kind', ['name: [a, b]', 'type: {a: b}', 'aliases: {a: b}'], undefined, undefined, []],
    [
      'a line that is not YAML',
      ['mood: [sic] kept', 'name: Maya', 'aliases: [May, "M."]', '\tx: y'],
      'Maya',
      undefined,
      ['May', 'M.'],
    ],
  ] as const)('%s', (_what, lines, name, type, aliases) => {
    expect(read(...lines)).toEqual({ name, type, aliases });
  });

  test('is found behind a byte order mark, with Windows line ends, and closed by dots', () => {
    const text = '\uFEFF---\r\nname: Zoë\r\nstatus: on hold\r\n...\r\n\r\n### A\r\none\r\ntwo\r\n';
    const { frontmatter, blocks } = parseEntity(text);
    expect([frontmatter.name, blocks[0]?.heading, blocks[0]?.text]).toEqual(['Zoë', 'A', 'one\ntwo']);
    expect(fieldOf(text, 'Status')).toBe('on hold');
    expect(parseEntity('\uFEFF### A\nx\n').blocks).toHaveLength(1);
  });

  test('between two horizontal rules is text, and blocks in it are blocks', () => {
    const text = '---\nHello there.\n### A\nx\n---\n';
    expect(splitFrontmatter(text)).toMatchObject({ head: '', fields: [] });
    expect(parseEntity(text).blocks.map(({ id }) => id)).toEqual(['a']);
  });

  test('that expands without end is read in no time, and nothing of it is expanded', () => {
    const levels = Array.from({ length: 60 }, (_, level) => `l${level}: &l${level} [${`*l${level - 1},`.repeat(9)}]`);
    expect(read('l0: &l0 x', ...levels.slice(1), 'aliases: *l59', 'name: Maya').name).toBe('Maya');
    expect(read('name: Maya', `x: ${'['.repeat(30_000)}`).name).toBe('Maya');
    expect(read('name: &a Maya', `aliases: [${'*a,'.repeat(2_500)}]`).aliases).toEqual(['Maya']);
  });

  test('keeps every byte: head and body joined are the file, and lines of fields are the head', () => {
    const line = fc.constantFrom(
      '---',
      '...',
      'name: x',
      'a b: c',
      '"q": 1',
      '- x',
      '  y',
      '# c',
      '',
      '\uFEFF---',
      'é: 1',
    );
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), (lines, end) => {
        const text = lines.join(end);
        const { head, fields, body } = splitFrontmatter(text);
        expect(head + body).toBe(text);
        expect(entriesOfFields(fields).flatMap((entry) => entry.lines)).toEqual(fields);
        expect(withFields(text, fields)).toBe(text);
      }),
    );
  });
});

describe('aliases that are added', () => {
  const added = (text: string, ...aliases: string[]) => {
    const [entry] = entriesOfFields(text.split(/(?<=\n)/));
    return entry && addAliases(entry, aliases, text.includes('\r') ? '\r\n' : '\n').join('');
  };

  test('keep the style, the comments and the line ends of the list', () => {
    expect(added('aliases: [May, "M."] # nick\n', 'yes')).toBe('aliases: [May, "M.", "yes"] # nick\n');
    expect(added('aliases:\r\n  - May # one\r\n', 'Lund, Carla')).toBe(
      'aliases:\r\n  - May # one\r\n  - "Lund, Carla"\r\n',
    );
    expect(added('aliases: May, Chen\n', 'X')).toBe('aliases: [May, Chen, X]\n');
    expect(added('aliases:\n', 'X')).toBe('aliases: [X]\n');
  });

  test('change nothing when they are known', () => {
    expect(added("aliases: [ May ,'Chen' ]\n", 'May', 'Chen')).toBe("aliases: [ May ,'Chen' ]\n");
  });
});
