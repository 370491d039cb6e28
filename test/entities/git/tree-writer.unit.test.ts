import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blobOf, type TreeFile } from '../../../functions/entities/git/object.ts';
import { buildTrees, TreeWriter } from '../../../functions/entities/git/tree-writer.ts';

const path = fc
  .array(fc.constantFrom('a', 'b', 'a-b', 'ab'), { minLength: 1, maxLength: 3 })
  .map((segments) => [...segments, 'file.md'].join('/'));
const change = fc.record({
  path,
  text: fc.option(fc.constantFrom('one', 'two', 'three'), { nil: undefined }),
  mode: fc.constantFrom('100644' as const, '100755' as const),
});

test('after every change the root equals a full build, and only changed folders are built again', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const files = new Map<string, TreeFile>();
      const writer = new TreeWriter(files);
      const known = new Set(writer.write().trees.map(({ id }) => id));
      for (const { path: at, text, mode } of changes) {
        const file = text === undefined ? undefined : { id: blobOf(text).id, mode };
        if (file === undefined) files.delete(at);
        else files.set(at, file);
        writer.set(at, file);
        const { rootId, trees } = writer.write();
        for (const tree of trees) known.add(tree.id);
        const whole = buildTrees(files);
        expect(rootId).toBe(whole.at(-1)?.id);
        expect(whole.filter((tree) => !known.has(tree.id))).toEqual([]);
        expect(trees.length).toBeLessThanOrEqual(at.split('/').length);
      }
      expect(writer.write().trees).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
