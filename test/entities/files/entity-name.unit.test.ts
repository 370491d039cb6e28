import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frontmatterText } from '../../../functions/entities/files/edit.ts';
import { isAbout, nameKey, pathChooser } from '../../../functions/entities/files/entity-name.ts';
import { isEntityPath } from '../../../functions/entities/files/ontology.ts';
import { foldedPath, pathFault } from '../../../functions/platform/portable-path.ts';

/** Chooses paths as sessions do, one after another: each session creates the files of its names. */
function branch() {
  const files = new Map<string, string>();
  return {
    files,
    tell: (...names: string[]) => {
      const choose = pathChooser('personal', [...files.keys()], (path) => files.get(path));
      const paths = names.map((name) => choose('person', name));
      for (const [index, path] of paths.entries())
        if (!files.has(path))
          files.set(path, frontmatterText({ name: names[index] ?? '', type: 'person', aliases: [] }));
      return paths;
    },
  };
}

describe('two names', () => {
  test.each([
    ['Hùng', 'Hưng'],
    ['राम', 'रमा'],
    ['Александра Петрова', 'Александра Петренко'],
    ['C++ team', 'C# team'],
    ['小明', '小名'],
    ['😀', '😃'],
    ['José', 'Jose'],
    ['???', '!!!'],
    ['>', '>-'],
    ['محمد', 'مُحمّد'],
    ['Con', 'Con 1'],
    [`${'Anna '.repeat(15)}One`, `${'Anna '.repeat(15)}Two`],
  ])('%s and %s have two files, in one session or in two, and keep them', (one, other) => {
    const together = branch();
    const [first, second] = together.tell(one, other);
    expect(first).not.toBe(second);
    expect(together.tell(other, one)).toEqual([second, first]);
    const apart = branch();
    expect([...apart.tell(one), ...apart.tell(other)]).toEqual([first, second]);
    expect([...apart.tell(one), ...apart.tell(other)]).toEqual([first, second]);
    for (const path of together.files.keys())
      expect([path, isEntityPath(path), pathFault(path)]).toEqual([path, true, undefined]);
  });
});

test.each([
  ['Maya Chen', 'maya  chen'],
  ['Anna-Lena', 'Anna Lena'],
  ['Dr. Smith', 'Dr Smith'],
  ['Zoë', 'Zoe\u0308'],
  ['ＭＡＹＡ', 'maya'],
  ["O'Brien", 'O’Brien'],
])('%s and %s are one name', (one, other) => {
  expect(nameKey(one)).toBe(nameKey(other));
  const { tell } = branch();
  expect(tell(one)).toEqual(tell(other));
});

test('a name has a readable path, and a hash only when it needs one', () => {
  const { tell } = branch();
  const folder = 'memories/people/';
  expect(tell('Zoë', 'Александра', '小明', '😀 Party', 'Ægir Ødegård')).toEqual(
    ['zoe', 'aleksandra', 'xiaoming', 'grinning_party', 'aegir_odegard'].map((stem) => `${folder}${stem}.md`),
  );
  // The letter of a vowel or a soft sign neither disappears at the start nor splits a word.
  expect(tell('أحمد', 'عمر', 'إبراهيم', 'عائشة', 'אבי', 'Ольга', 'Соловьёва', 'Oʻtkir')).toEqual(
    ['ahmd', 'amr', 'ibrahym', 'aaishh', 'avy', 'olga', 'soloveva', 'otkir'].map((stem) => `${folder}${stem}.md`),
  );
  expect(tell('Aux', '???')).toEqual([
    expect.stringMatching(/^memories\/people\/aux_[a-z]{8}\.md$/),
    expect.stringMatching(/^memories\/people\/person_[a-z]{8}\.md$/),
  ]);
});

test('any names: no two share a path, the paths are portable, and the order of sessions does not matter for a later one', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== '');
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 8 }), (names) => {
      const { tell, files } = branch();
      const paths = names.flatMap((each) => tell(each));
      const keys = new Map(names.map((each, index) => [paths[index], nameKey(each)]));
      expect(names.map(nameKey)).toEqual(paths.map((path) => keys.get(path)));
      expect(tell(...names)).toEqual(paths);
      expect(new Set([...files.keys()].map(foldedPath)).size).toBe(files.size);
      for (const path of files.keys()) expect([path, isEntityPath(path)]).toEqual([path, true]);
    }),
  );
});

test('a file is about its name, its aliases and a file name that somebody chose', () => {
  const path = 'memories/people/maya.md';
  const text = frontmatterText({ name: 'Maya Chen', type: 'person', aliases: ['Mai'] });
  const about = (name: string) => isAbout(path, text, { name });
  expect(['Maya Chen', 'mai', 'Maya', 'Máya'].map(about)).toEqual([true, true, true, false]);
  // The file name was made from the name, so it is no name of its own.
  expect(
    isAbout('memories/people/hung.md', frontmatterText({ name: 'Hùng', type: 'person', aliases: [] }), {
      name: 'Hung',
    }),
  ).toBe(false);
  expect(isAbout('memories/people/leo.md', '### A\nx\n', { name: 'Leo' })).toBe(true);
});

test('a file that a person named is found by its name, and no path differs from it only by case', () => {
  const { files, tell } = branch();
  const folder = 'memories/people/';
  files.set(`${folder}Maya Chen.md`, '# Maya\n\nSome text.\n');
  files.set(`${folder}Leo.md`, frontmatterText({ name: 'Leo Smith', type: 'person', aliases: [] }));
  files.set(`${folder}Ada.md`, frontmatterText({ name: 'Ada', type: 'person', aliases: [] }));
  expect(tell('Maya Chen', 'maya chen', 'Leo', 'Ada')).toEqual(
    ['Maya Chen', 'Maya Chen', 'Leo', 'Ada'].map((stem) => `${folder}${stem}.md`),
  );
  expect(tell('Adá')).toEqual([expect.stringMatching(/ada_[a-z]{8}\.md$/)]);
});
