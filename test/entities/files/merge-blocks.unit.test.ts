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
