import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffBlocks } from '../../../functions/entities/files/diff-blocks.ts';
import { markerFaults, parseEntity, partsOf } from '../../../functions/entities/files/entity-file.ts';

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
