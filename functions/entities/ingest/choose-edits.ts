import { diffBlocks } from '../files/diff-blocks.ts';
import { applyEdits, type Edit } from '../files/edit.ts';

/** A block of a file, as the diff of a staged session names it. */
export interface ChosenBlock {
  path: string;
  block: string;
}

/**
 * Returns the edits of a change set that change only chosen blocks. A file that is created has its frontmatter with any
 * chosen block; an edit that changes several blocks is kept when all of them are chosen. `fault` says why the choice
 * cannot be applied: a chosen block is not in the diff, or a kept edit needs one that is left out.
 * @param before the files of the base commit
 */
export function chooseEdits(
  edits: readonly Edit[],
  before: (path: string) => string | undefined,
  chosen: readonly ChosenBlock[],
): { edits: Edit[] } | { fault: string } {
  const wanted = new Set(chosen.map(keyOf));
  const seen = new Set<string>();
  const files = new Map<string, string>();
  const kept: Edit[] = [];
  for (const edit of edits) {
    const { path } = edit;
    const text = files.get(path) ?? before(path);
    const after = applyEdits([edit], () => text).files.get(path);
    if (after === undefined) continue;
    files.set(path, after);
    const keys = diffBlocks(text, after).map(({ block }) => keyOf({ path, block }));
    for (const key of keys) seen.add(key);
    if (edit.op === 'create') {
      // The new blocks, in the order of the file.
      const own = keys.filter((key) => key !== keyOf({ path, block: '' }));
      const blocks = edit.blocks.filter((_, index) => wanted.has(own[index] ?? ''));
      if (blocks.length > 0) kept.push({ ...edit, blocks });
    } else if (keys.every((key) => wanted.has(key))) kept.push(edit);
  }
  const unknown = chosen.find((block) => !seen.has(keyOf(block)));
  if (unknown !== undefined) return { fault: `The session changes no block "${unknown.block}" of ${unknown.path}.` };
  if (kept.length === 0) return { fault: 'No edit of the session changes the chosen blocks alone.' };
  const [fault] = applyEdits(kept, before).faults;
  return fault === undefined ? { edits: kept } : { fault: `The chosen blocks need others of the session: ${fault}.` };
}

function keyOf({ path, block }: ChosenBlock): string {
  return `${path}\n${block}`;
}
