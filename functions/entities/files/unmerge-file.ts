import { partsOf } from './entity-file.ts';
import { addLinks, hasPlainRelated, relatedOf, withoutRelated } from './links.ts';
import { type BlockConflict, mergeBlocks } from './merge-blocks.ts';

/** A file before and after a change that is to be taken back, and as it is now; undefined where there is none. */
export interface ChangedFile {
  path: string;
  before: string | undefined;
  after: string | undefined;
  now: string | undefined;
}

/**
 * Takes a change of a file back, block by block, out of the file as it is now: what was changed since in other blocks stays. Where a later change contradicts, there
 * is a conflict with both sides and no file. Links are a set: only those that the change made or took away are touched.
 */
export function unmergeFile(file: ChangedFile): { text: string | undefined } | { conflicts: BlockConflict[] } {
  const { path, before, after, now } = file;
  if (now === after) return { text: before };
  if (now === before) return { text: now };
  if (now === undefined) return { conflicts: [{ path, block: '', base: after, branch: now, session: before }] };
  if (before === undefined) return withoutAdded({ path, after: after ?? '', now });
  if (![before, after ?? '', now].every(hasPlainRelated))
    return mergeBlocks({ path, base: after, branch: now, session: before });
  const base = after === undefined ? undefined : withoutRelated(after);
  const merged = mergeBlocks({ path, base, branch: withoutRelated(now), session: withoutRelated(before) });
  if ('conflicts' in merged) return merged;
  const [had, got] = [relatedOf(before), relatedOf(after ?? '')];
  const kept = relatedOf(now).filter((link) => had.includes(link) || !got.includes(link));
  return { text: addLinks(merged.text, [...kept, ...had.filter((link) => !got.includes(link))]) };
}

/** A file that the change made: its blocks go, what came to it since stays with its head, and without such a block the file goes. */
function withoutAdded({ path, after, now }: { path: string; after: string; now: string }) {
  const [made, present] = [partsOf(withoutLinks(after)), partsOf(withoutLinks(now))];
  const conflicts: BlockConflict[] = [];
  const kept: string[] = [];
  for (const [block, raw] of present) {
    const was = made.get(block);
    if (block === '' || was?.trimEnd() === raw.trimEnd()) continue;
    if (was === undefined) kept.push(raw);
    else conflicts.push({ path, block, base: was, branch: raw, session: undefined });
  }
  if (conflicts.length > 0) return { conflicts };
  if (kept.length === 0) return { text: undefined };
  const links = relatedOf(now).filter((link) => !relatedOf(after).includes(link));
  return { text: addLinks([present.get('') ?? '', ...kept].join(''), links) };
}

function withoutLinks(text: string): string {
  return hasPlainRelated(text) ? withoutRelated(text) : text;
}
