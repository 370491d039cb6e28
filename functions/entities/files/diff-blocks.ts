import { z } from 'zod';
import { isSamePart, partsOf } from './entity-file.ts';

/** How a block differs between two versions of a file. The empty block name is the text before the first block. */
export const BlockChange = z.strictObject({
  block: z.string(),
  kind: z.enum(['added', 'changed', 'removed']),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type BlockChange = z.infer<typeof BlockChange>;

/**
 * Returns the blocks that differ, in the order of the newer file, removed blocks last. A missing file has no blocks.
 */
export function diffBlocks(before: string | undefined, after: string | undefined): BlockChange[] {
  const [old, young] = [partsOf(before ?? ''), partsOf(after ?? '')];
  const changes: BlockChange[] = [];
  for (const [block, text] of young) {
    const was = old.get(block);
    if (isSamePart(was, text) || (block === '' && text === '' && was === undefined)) continue;
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
