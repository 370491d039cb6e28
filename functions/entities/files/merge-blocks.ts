import { isSamePart, joinParts, partsOf } from './entity-file.ts';
import { addLinks, hasPlainRelated, relatedOf, withoutRelated } from './links.ts';

/** Both sides changed the same block of a file in different ways. Undefined: the block does not exist on that side. */
export interface BlockConflict {
  path: string;
  /** Empty for the text before the first block. */
  block: string;
  base: string | undefined;
  branch: string | undefined;
  session: string | undefined;
}

interface Sides {
  path: string;
  /** The file that the session's edits were made on; undefined when it did not exist. */
  base: string | undefined;
  /** The file on the branch now. */
  branch: string | undefined;
  session: string;
}

/**
 * Three-way merge of a file by blocks. A block that only one side changed is taken from that side; a block that both
 * sides changed differently is a conflict, and there is no result. Two new blocks with the same heading both stay, or
 * become one when they are equal. Blocks keep the branch's order; blocks that the session added come last.
 */
export function mergeBlocks({ path, base, branch, session }: Sides): { text: string } | { conflicts: BlockConflict[] } {
  if (branch === base || branch === session) return { text: session };
  const parts = { base: partsOf(base ?? ''), branch: partsOf(branch ?? ''), session: partsOf(session) };
  return mergeParts(path, parts, { keepsFirstHead: base === undefined });
}

/**
 * Three-way merge of a file of any kind by its parts, see {@link mergeBlocks}. With `keepsFirstHead`, two different
 * texts under the empty key are not a conflict: two sessions created the same file, and the first frontmatter stays.
 */
export function mergeParts(
  path: string,
  { base, branch, session }: { base: Parts; branch: Parts; session: Parts },
  { keepsFirstHead }: { keepsFirstHead: boolean },
): { text: string } | { conflicts: BlockConflict[] } {
  const conflicts: BlockConflict[] = [];
  const merged: string[] = [];
  const last: string[] = [];
  const added = [...branch].filter(([block]) => !base.has(block)).map(([, part]) => part);
  for (const block of new Set([...branch.keys(), ...session.keys()])) {
    const sides = { base: base.get(block), branch: branch.get(block), session: session.get(block) };
    if (block !== '' && sides.base === undefined && sides.session !== undefined) {
      if (sides.branch !== undefined) merged.push(sides.branch);
      if (!added.some((part) => isSamePart(part, sides.session))) last.push(sides.session);
      continue;
    }
    const part = mergePart(sides, block === '' && keepsFirstHead);
    if (part === CONFLICT) conflicts.push({ path, block, ...sides });
    else if (part !== undefined) merged.push(part);
  }
  return conflicts.length > 0 ? { conflicts } : { text: joinParts([...merged, ...last]) };
}

type Parts = ReadonlyMap<string, string>;
type Part = string | undefined;
const CONFLICT = Symbol('both sides changed it');

function mergePart(sides: { base: Part; branch: Part; session: Part }, isNewHead: boolean): Part | typeof CONFLICT {
  const { base, branch, session } = sides;
  if (isSamePart(branch, session) || isSamePart(session, base)) return branch;
  if (isSamePart(branch, base)) return session;
  return isNewHead ? branch : CONFLICT;
}

/** A file before and after a change that is to be undone, and as it is now; undefined when it does not exist. */
interface ChangedFile {
  path: string;
  before: string | undefined;
  after: string | undefined;
  now: string | undefined;
}

/**
 * Undoes a change of a file, block by block. Later changes of other blocks stay; a later change of the same block is a
 * conflict, and there is no result. Links are merged as a set: only links that the change added or removed are touched.
 */
export function unmergeFile(file: ChangedFile): { text: string | undefined } | { conflicts: BlockConflict[] } {
  const { path, before, after, now } = file;
  if (now === after) return { text: before };
  if (now === before) return { text: now };
  if (now === undefined) return { conflicts: [{ path, block: '', base: after, branch: now, session: before }] };
  if (before === undefined) return removeAddedBlocks({ path, after: after ?? '', now });
  if (![before, after ?? '', now].every(hasPlainRelated))
    return mergeBlocks({ path, base: after, branch: now, session: before });
  const base = after === undefined ? undefined : withoutRelated(after);
  const merged = mergeBlocks({ path, base, branch: withoutRelated(now), session: withoutRelated(before) });
  if ('conflicts' in merged) return merged;
  const [had, got] = [relatedOf(before), relatedOf(after ?? '')];
  const kept = relatedOf(now).filter((link) => had.includes(link) || !got.includes(link));
  return { text: addLinks(merged.text, [...kept, ...had.filter((link) => !got.includes(link))]) };
}

/**
 * Removes the blocks of a file that the change created. Later blocks stay, with the frontmatter; without any, the file
 * is removed.
 */
function removeAddedBlocks({ path, after, now }: { path: string; after: string; now: string }) {
  const [created, present] = [partsOf(withoutLinks(after)), partsOf(withoutLinks(now))];
  const conflicts: BlockConflict[] = [];
  const kept: string[] = [];
  for (const [block, raw] of present) {
    const was = created.get(block);
    if (block === '' || isSamePart(was, raw)) continue;
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
