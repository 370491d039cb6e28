import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockText } from '../../../functions/entities/files/edit.ts';
import { parseEntity } from '../../../functions/entities/files/entity-file.ts';
import { mergeBlocks } from '../../../functions/entities/files/merge-blocks.ts';

const PATH = 'memories/people/maya.md';

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
        base[key] !== undefined &&
        branch[key] !== session[key] &&
        branch[key] !== base[key] &&
        session[key] !== base[key];
      if ('conflicts' in merged) {
        expect(merged.conflicts.map(({ block }) => block).sort()).toEqual([...keys].filter(isTorn).sort());
        return;
      }
      expect([...keys].filter(isTorn)).toEqual([]);
      const expected = [...keys].flatMap((key) => {
        // Both sides added a block with this heading: both stay.
        if (base[key] === undefined && branch[key] && session[key] && branch[key] !== session[key])
          return [
            [key, branch[key]],
            [`${key}-2`, session[key]],
          ];
        const value = session[key] === base[key] ? branch[key] : session[key];
        return value === undefined ? [] : [[key, value]];
      });
      const got = parseEntity(merged.text).blocks.map(({ id, text }) => [id, text]);
      expect(got.sort()).toEqual(expected.sort());
    }),
  );
});

test('blocks that both sides added with the same heading become one only when they are equal to one of the other side', () => {
  const file = (...texts: string[]) =>
    `# Maya\n\n${texts.map((text) => blockText({ heading: 'Tastes', text, strength: 'low', always_load: false })).join('\n')}`;
  const merge = (base: string, branch: string, session: string) => {
    const merged = mergeBlocks({ path: PATH, base, branch, session });
    return 'text' in merged ? parseEntity(merged.text).blocks.map(({ id, text }) => [id, text]) : merged.conflicts;
  };
  expect(merge(file(), file('tea', 'figs'), file('figs'))).toEqual([
    ['tastes', 'tea'],
    ['tastes-2', 'figs'],
  ]);
  expect(merge(file('tea'), file('tea', 'figs'), file('tea', 'plums'))).toEqual([
    ['tastes', 'tea'],
    ['tastes-2', 'figs'],
    ['tastes-3', 'plums'],
  ]);
});
