import { z } from 'zod';
import { partsOf } from './entity-file.ts';

/** How one block differs between two versions of a file; the block without a name is what stands before the first one. */
export const BlockChange = z.strictObject({
  block: z.string(),
  kind: z.enum(['added', 'changed', 'removed']),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type BlockChange = z.infer<typeof BlockChange>;

/** The blocks that differ, in the order of the newer file, removed ones last. A file that is not there has no blocks. */
export function diffBlocks(before: string | undefined, after: string | undefined): BlockChange[] {
  const [old, young] = [partsOf(before ?? ''), partsOf(after ?? '')];
  const changes: BlockChange[] = [];
  for (const [block, text] of young) {
    const was = old.get(block);
    // The empty lines between a block and the next are nobody's change.
    if (was?.trimEnd() === text.trimEnd() || (block === '' && text === '' && was === undefined)) continue;
    const isNew = was === undefined || (block === '' && was === '');
    changes.push(
      isNew
        ? { block, kind: 'added', before: null, after: text }
        : { block, kind: 'changed', before: was, after: text },
    );
  }
  for (const [block, text] of old) {
    if (!young.has(block)) changes.push({ block, kind: 'removed', before: text, after: null });
  }
  return changes;
}
