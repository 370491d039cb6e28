import { describe, expect, test } from 'vitest';
import { applyEdits, Edit, LARGEST_FILE } from '../../../functions/entities/files/edit.ts';
import { markerFaults, parseEntity } from '../../../functions/entities/files/entity-file.ts';
import { isEntityPath } from '../../../functions/entities/files/ontology.ts';

const FILE = `---
name: Maya
---

# Maya

/START
### Work
She builds boats.
/END

### Home
Porto.
/END
### Home
Lisbon.
`;
const PATH = 'memories/people/maya.md';
const read = (files: Record<string, string>) => (path: string) => files[path];

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
  expect(faultOf([create], { [PATH]: FILE })).toContain('exists; append to it');
  // Another person whose name has the same letters: the fault names a path that is free.
  const other = Edit.parse({ ...create, name: 'Máya' });
  expect(faultOf([other], { [PATH]: FILE })).toMatch(/create memories\/people\/maya_[a-z]{8}\.md for Máya/);
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
    'memories/people/aux.md',
    'memories/people/a:b.md',
    'memories/people/.git.md',
    'memories/x.md',
    'sessions/a.txt',
  ])
    expect([path, isEntityPath(path), Edit.safeParse({ ...edit, path }).success]).toEqual([path, false, false]);
  // A file that a person made may have capitals; a new file may not.
  expect([
    isEntityPath('memories/people/A.md'),
    Edit.safeParse({ ...edit, path: 'memories/people/A.md' }).success,
  ]).toEqual([true, false]);
  expect(Edit.safeParse({ ...edit, name: 'two\nlines: x' }).success).toBe(false);
  expect(Edit.safeParse({ ...edit, blocks: [] }).success).toBe(false);
});

describe('an edit of a file that somebody else wrote', () => {
  const apply = (text: string, ...edits: Edit[]) => {
    const done = applyEdits(edits, read({ [PATH]: text }));
    return done.files.get(PATH) ?? done.faults;
  };
  const append = (text: string) => Edit.parse({ op: 'append', path: PATH, block: { heading: 'New', text } });
  const BLOCK = '/START\n### New [Strength: Low]\nx\n/END\n';

  test.each([
    ['ends in a line', '### A\nx\n', `\n${BLOCK}`],
    ['ends without a line end', '### A\nx', `\n\n${BLOCK}`],
    ['ends in empty lines', '### A\nx\n\n\n', BLOCK],
    ['has Windows line ends', '### A\r\nx\r\n', `\r\n${BLOCK.replaceAll('\n', '\r\n')}`],
    ['has no block', '---\nname: M\n---\nSome text.\n', `\n${BLOCK}`],
  ])('appends to a file that %s, and changes no other byte', (_what, text, added) => {
    expect(apply(text, append('x'))).toBe(text + added);
  });

  test('replaces a text over lines whatever the line ends are', () => {
    expect(apply('### A\r\none\r\ntwo\r\n', replace('one\ntwo', 'three\nfour'))).toBe('### A\r\nthree\r\nfour\r\n');
  });

  test('replaces text in a file without a block', () => {
    expect(apply('# M\n\nLives in Faro.\n', replace('Faro', 'Porto'))).toBe('# M\n\nLives in Porto.\n');
  });

  test('cannot hide the next blocks in a code fence', () => {
    const text = '### A\nrun it\n\n### B\n```\nx\n```\n';
    expect(apply(text, replace('run it', '```\nrun it'))).toEqual([
      expect.stringContaining('leaves a code fence open'),
    ]);
    expect(apply(text, replace('run it', '```\nrun it\n```'))).toContain('```\nrun it\n```');
  });
});

test('code between fences is written as it is, and a fence that is left open is closed', () => {
  const code = 'Run:\n\n~~~sh\n### banner\n/END\n[ALWAYS_LOAD]\n~~~\n\n### not code\nThen:';
  const edit = Edit.parse({
    op: 'create',
    path: PATH,
    name: 'M',
    type: 'person',
    blocks: [
      { heading: 'A', text: `${code}\r\n\`\`\`\`js\r\n### open` },
      { heading: 'B', text: '```\nx\n```' },
    ],
  });
  const text = applyEdits([edit], read({})).files.get(PATH) ?? '';
  expect(parseEntity(text).blocks.map(({ id, alwaysLoad, text: said }) => [id, alwaysLoad, said])).toEqual([
    ['a', false, `${code.replace('### not', ' ### not')}\n\`\`\`\`js\n### open\n\`\`\`\``],
    ['b', false, '```\nx\n```'],
  ]);
});

test('an edit cannot leave frontmatter that another reader does not read; what somebody else wrote may stay', () => {
  const text = '---\nname: Maya\nborn: [sic] 1980\n---\n\n### A\nx\n';
  const sound = text.replace('born: [sic] 1980\n', '');
  const faultsOf = (source: string, search: string, replacement: string) =>
    applyEdits([replace(search, replacement)], read({ [PATH]: source })).faults;
  expect(faultsOf(sound, 'name: Maya', 'name: Boss: Maya')).toEqual([`${PATH}: the frontmatter is not valid YAML`]);
  expect(faultsOf(sound, 'name: Maya', 'name: 2024-01-01')).toEqual([`${PATH}: name: put 2024-01-01 into quotes`]);
  expect(faultsOf(sound, 'name: Maya', 'name: Maya\naliases: [yes, *x]')).toEqual([
    `${PATH}: the frontmatter is not valid YAML`,
  ]);
  expect(faultsOf(sound, 'name: Maya', 'name: Maya, the boss\naliases:\n  - "yes"\n  - 12th')).toEqual([]);
  expect(faultsOf(text, '### A\nx', '### A\ny')).toEqual([]);
});
