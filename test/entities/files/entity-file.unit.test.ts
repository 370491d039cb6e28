import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffBlocks } from '../../../functions/entities/files/diff-blocks.ts';
import { markerFaults, parseEntity, partsOf, sectionsOf } from '../../../functions/entities/files/entity-file.ts';

const FILE = `---
name: Maya
type: person
aliases: [May, "M."]
mood: [sic] kept as it is
---

# Maya

/START
### Work [Strength: High] [ALWAYS_LOAD]
She builds boats.
/END

### Home [Strength: Medium]
Porto.
/END
### Home
Lisbon. See /end/of/the/road and a line
/ENDING is no marker.
`;

describe('a file', () => {
  test('has frontmatter and blocks, with and without /START; a repeated heading gets its own id', () => {
    const { frontmatter, blocks } = parseEntity(FILE);
    expect(frontmatter).toEqual({ name: 'Maya', type: 'person', aliases: ['May', 'M.'] });
    expect(blocks.map(({ raw: _, ...block }) => block)).toEqual([
      {
        id: 'work',
        heading: 'Work [Strength: High] [ALWAYS_LOAD]',
        strength: 'high',
        alwaysLoad: true,
        text: 'She builds boats.',
      },
      { id: 'home', heading: 'Home [Strength: Medium]', strength: 'medium', alwaysLoad: false, text: 'Porto.' },
      {
        id: 'home-2',
        heading: 'Home',
        strength: 'low',
        alwaysLoad: false,
        text: 'Lisbon. See /end/of/the/road and a line\n/ENDING is no marker.',
      },
    ]);
    expect(partsOf(FILE).size).toBe(4);
    expect(markerFaults(FILE)).toEqual([]);
    expect(markerFaults('/START\n### A\n/START\n/END\n/END\n')).toEqual([
      'line 3: /START inside the block of line 1',
      'line 5: /END without a block',
    ]);
    expect(markerFaults('/START\n### A\n')).toEqual(['the block of line 1 has no /END']);
  });

  const line = fc.constantFrom(
    '/START',
    '/END',
    '/END 2026',
    '### A',
    '### A [Strength: High]',
    '### B',
    '---',
    'name: x',
    'text',
    '',
    ' /START',
    '\r',
  );
  const source = fc
    .array(line)
    .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`, lines.join('\r\n')));

  test('any text: its parts joined are the file, byte for byte, and their keys are unique', () => {
    fc.assert(
      fc.property(fc.oneof(source, fc.string()), (text) => {
        const { preamble, blocks } = parseEntity(text);
        expect(preamble + blocks.map(({ raw }) => raw).join('')).toBe(text);
        expect(new Set(blocks.map(({ id }) => id)).size).toBe(blocks.length);
      }),
    );
  });

  test('a diff names added, changed and removed blocks', () => {
    const after = FILE.replace('She builds boats.', 'She mends boats.').replace(
      '### Home [Strength: Medium]\nPorto.\n/END\n',
      '',
    );
    expect(diffBlocks(FILE, after).map(({ block, kind }) => [block, kind])).toEqual([
      ['work', 'changed'],
      ['home', 'changed'],
      ['home-2', 'removed'],
    ]);
    expect(diffBlocks(FILE, FILE)).toEqual([]);
    expect(diffBlocks(undefined, '### A\nx').map(({ block, kind }) => [block, kind])).toEqual([['a', 'added']]);
  });
});

describe('a code fence', () => {
  const idsOf = (text: string) => parseEntity(text).blocks.map(({ id }) => id);

  test.each([
    ['backticks', '### A\n```bash\n### no\n/START\n/END\n```\n### B\n', ['a', 'b']],
    ['tildes', '### A\n~~~\n### no\n```\n~~~\n### B\n', ['a', 'b']],
    ['a longer fence around a shorter one', '### A\n````md\n```\n### no\n```\n### no\n````\n### B\n', ['a', 'b']],
    ['an indented fence', '### A\n- step\n  ```\n### no\n  ```\n### B\n', ['a', 'b']],
    ['Windows line ends', '### A\r\n```\r\n### no\r\n```\r\n### B\r\n', ['a', 'b']],
    ['a fence that is not closed is text', '### A\n```\n### B\n~~~\n### C\n', ['a', 'b', 'c']],
    ['an info text with backticks is no fence', '### A\n``` a`b\n### B\n```\n', ['a', 'b']],
    ['a closing fence has no info text', '### A\n```\n### no\n``` js\n### no\n```\n### B\n', ['a', 'b']],
    ['before the first block', '```\n### no\n```\n\n### B\n', ['b']],
  ])('is opaque: %s', (_what, text, ids) => {
    expect(idsOf(text)).toEqual(ids);
    expect(markerFaults(text)).toEqual([]);
  });

  test('puts no block into every context', () => {
    expect(parseEntity('### A\n`[ALWAYS_LOAD]`\n').blocks[0]?.alwaysLoad).toBe(true);
    expect(parseEntity('### A\n```\n[ALWAYS_LOAD]\n```\n').blocks[0]?.alwaysLoad).toBe(false);
  });

  test('of 64 KB is read in a time that grows with its length', () => {
    const text = '`'.repeat(3).concat('\n').repeat(1).concat('```js\n'.repeat(10_000));
    expect(idsOf(`### A\n${text}`)).toEqual(['a']);
  });
});

describe('the introduction', () => {
  const of = (text: string) => sectionsOf(text).find(({ id }) => id === '')?.text ?? '';

  test('is the text before the first block, without frontmatter; a title alone is none', () => {
    expect(of('---\nname: x\n---\n\n# Maya\n\nShe was born in Faro.\r\n\r\n## Now\n\n### A\nx\n')).toBe(
      '# Maya\n\nShe was born in Faro.\n\n## Now',
    );
    expect([of('# Maya\n\n### A\nx\n'), of('---\nname: x\n---\n'), of('')]).toEqual(['', '', '']);
    expect(of('Only text.\n')).toBe('Only text.');
  });
});
