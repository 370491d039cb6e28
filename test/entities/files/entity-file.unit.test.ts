import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffBlocks } from '../../../functions/entities/files/diff-blocks.ts';
import { applyEdits, blockText, Edit, LARGEST_FILE } from '../../../functions/entities/files/edit.ts';
import { markerFaults, parseEntity, partsOf } from '../../../functions/entities/files/entity-file.ts';
import {
  entityOfEntry,
  indexEntry,
  indexPath,
  indexWrites,
  readEntry,
  writeEntry,
} from '../../../functions/entities/files/entity-index.ts';
import { mergeBlocks } from '../../../functions/entities/files/merge-blocks.ts';
import { isEntityPath, pathOfEntity } from '../../../functions/entities/files/ontology.ts';
import { addToTimeline, entriesOf, timelineEntry } from '../../../functions/entities/files/timeline.ts';

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
const PATH = 'memories/people/maya.md';
const read = (files: Record<string, string>) => (path: string) => files[path];

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

  test('a merge takes changes that one side made, and reports a conflict instead of losing a change', () => {
    const blocks = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2', '3'), {
      noNullPrototype: true,
    });
    const write = (wanted: Record<string, string>) =>
      `# Head\n\n${Object.entries(wanted)
        .map(([heading, text]) => blockText({ heading, text, strength: 'low', always_load: false }))
        .join('\n')}`;
    fc.assert(
      fc.property(blocks, blocks, blocks, (base, branch, session) => {
        const merged = mergeBlocks({ path: PATH, base: write(base), branch: write(branch), session: write(session) });
        const keys = new Set([...Object.keys(base), ...Object.keys(branch), ...Object.keys(session)]);
        const isTorn = (key: string) =>
          branch[key] !== session[key] && branch[key] !== base[key] && session[key] !== base[key];
        if ('conflicts' in merged) {
          expect(merged.conflicts.map(({ block }) => block).sort()).toEqual([...keys].filter(isTorn).sort());
          return;
        }
        expect([...keys].filter(isTorn)).toEqual([]);
        const expected = [...keys].flatMap((key) => {
          const value = session[key] === base[key] ? branch[key] : session[key];
          return value === undefined ? [] : [[key, value]];
        });
        const got = parseEntity(merged.text).blocks.map(({ id, text }) => [id, text]);
        expect(got.sort()).toEqual(expected.sort());
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

describe('edits', () => {
  const replace = (search: string, replacement: string): Edit => ({ op: 'replace', path: PATH, search, replacement });

  test('a replacement changes its text and no other byte', () => {
    const { files, faults } = applyEdits([replace('boats', 'ships')], read({ [PATH]: FILE }));
    expect(faults).toEqual([]);
    expect(files.get(PATH)).toBe(FILE.replace('boats', 'ships'));
  });

  test('a failed edit is reported, and its file is not in the result', () => {
    const create = Edit.parse({
      op: 'create',
      path: PATH,
      name: 'Maya',
      type: 'person',
      blocks: [{ heading: 'A', text: 'x' }],
    });
    const append = (text: string) => Edit.parse({ op: 'append', path: PATH, block: { heading: 'B', text } });
    const faultOf = (edits: Edit[], files: Record<string, string>) => {
      const done = applyEdits(edits, read(files));
      expect(done.files.size).toBe(0);
      return done.faults.join('; ');
    };
    expect(faultOf([create], { [PATH]: FILE })).toContain('exists');
    expect(faultOf([replace('x', 'y')], {})).toContain('no such file');
    expect(faultOf([replace('Home', 'x')], { [PATH]: FILE })).toContain('more than once');
    expect(faultOf([replace('nowhere', 'x')], { [PATH]: FILE })).toContain('not in the file');
    expect(faultOf([replace('x\n/END', 'x')], { [PATH]: '/START\n### A\nx\n/END\n' })).toContain('no /END');
    expect(
      faultOf(
        Array.from({ length: 4 }, () => append('x'.repeat(20_000))),
        { [PATH]: FILE },
      ),
    ).toContain(`${LARGEST_FILE}`);
    expect(faultOf([replace(FILE, 'all is gone')], { [PATH]: FILE })).toContain('without a block');
  });

  test('markers in a text become text; a file without a block is rejected', () => {
    const hostile = 'one\n/END\n### Two [ALWAYS_LOAD]\n/START\nthree';
    const edit = Edit.parse({
      op: 'create',
      path: PATH,
      name: 'M',
      type: 'person',
      blocks: [{ heading: 'A [ALWAYS_LOAD]', text: hostile }],
    });
    const text = applyEdits([edit], read({})).files.get(PATH) ?? '';
    expect(markerFaults(text)).toEqual([]);
    expect(parseEntity(text).blocks).toMatchObject([{ id: 'a', alwaysLoad: false }]);
    for (const path of [
      'index/profile.json',
      '../x.md',
      'memories/people/A.md',
      'memories/people/.git.md',
      'memories/x.md',
      'sessions/a.txt',
    ])
      expect([path, isEntityPath(path), Edit.safeParse({ ...edit, path }).success]).toEqual([path, false, false]);
    expect(Edit.safeParse({ ...edit, name: 'two\nlines: x' }).success).toBe(false);
    expect(Edit.safeParse({ ...edit, blocks: [] }).success).toBe(false);
  });

  test('names of any script have a path in lower-case ASCII', () => {
    expect(pathOfEntity('personal', 'person', 'Renée O’Hara-7')).toBe('memories/people/renee_o_hara_7.md');
    expect(pathOfEntity('personal', 'person', '李')).toBe('memories/people/u674e.md');
    expect(pathOfEntity('corporate', 'decision', 'Use Postgres!')).toBe('entities/decisions/use_postgres.md');
    expect(pathOfEntity('corporate', 'wish', 'x')).toBe('entities/projects/x.md');
    expect(pathOfEntity('personal', 'person', '!?')).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (name) => {
        const path = pathOfEntity('personal', 'person', name);
        return path === undefined || isEntityPath(path);
      }),
    );
  });
});

test('the index entry of a file has its path and content; a removed file has none', () => {
  const kept = indexPath(PATH);
  expect([kept, indexPath('profile.md')]).toEqual(['index/memories/people/maya.json', 'index/profile.json']);
  expect([entityOfEntry(kept), entityOfEntry('index/profile.json')]).toEqual([PATH, 'profile.md']);
  for (const other of ['index.json', 'index/x.json', 'index/index/profile.json', 'index/profile.md', 'x/profile.json'])
    expect([other, entityOfEntry(other)]).toEqual([other, undefined]);
  const writes = indexWrites(
    new Map([
      [PATH, FILE],
      ['memories/people/leo.md', undefined],
      ['timeline/2026-03.md', 'no entity'],
    ]),
  );
  expect([...writes.keys()]).toEqual([kept, 'index/memories/people/leo.json']);
  expect(readEntry(writes.get(kept) ?? '')).toEqual(indexEntry(PATH, FILE));
  expect(writes.get('index/memories/people/leo.json')).toBeUndefined();
  expect(writeEntry(indexEntry(PATH, FILE))).toBe(writes.get(kept));
  expect(['{"version": 2}', 'not json', ''].map(readEntry)).toEqual([undefined, undefined, undefined]);
});

test('the timeline lists new files too, and is read newest first', () => {
  const entry = (id: string, before: string | undefined) =>
    timelineEntry({ id, day: '2026-03-01' }, [{ path: PATH, before, after: FILE }]);
  const file = addToTimeline(addToTimeline(undefined, entry('one', undefined), '2026-03'), entry('two', ''), '2026-03');
  expect(file).toContain(`created Maya (${PATH}): added work, added home, added home-2`);
  expect(entriesOf(file).map((text) => /Session: (\w+)/.exec(text)?.[1])).toEqual(['two', 'one']);
  expect(partsOf(FILE).size).toBe(4);
});
