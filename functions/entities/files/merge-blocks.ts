import { partsOf } from './entity-file.ts';

/** Both sides changed the same part of a file in different ways. Undefined: the part is not there. */
export interface BlockConflict {
  path: string;
  /** Empty for what stands before the first block. */
  block: string;
  base: string | undefined;
  branch: string | undefined;
  session: string | undefined;
}

export interface Sides {
  path: string;
  /** The file that the session's edits were made on; undefined when there was none. */
  base: string | undefined;
  /** The file as the branch has it now. */
  branch: string | undefined;
  session: string;
}

/**
 * Merges two versions of a file block by block: what one side alone changed is taken from it. No side's change is ever lost: where both changed the same
 * block differently there is a conflict and no file. Blocks keep the branch's order; those that the session added come last.
 */
export function mergeBlocks({ path, base, branch, session }: Sides): { text: string } | { conflicts: BlockConflict[] } {
  if (branch === base || branch === session) return { text: session };
  const parts = { base: partsOf(base ?? ''), branch: partsOf(branch ?? ''), session: partsOf(session) };
  return mergeParts(path, parts, { keepsFirstHead: base === undefined });
}

/**
 * Merges a file of any kind by its parts, see {@link mergeBlocks}. With `keepsFirstHead` two heads (what stands under the empty key) that were written apart are no
 * conflict: the branch's stays.
 */
export function mergeParts(
  path: string,
  { base, branch, session }: { base: Parts; branch: Parts; session: Parts },
  { keepsFirstHead }: { keepsFirstHead: boolean },
): { text: string } | { conflicts: BlockConflict[] } {
  const conflicts: BlockConflict[] = [];
  const merged: string[] = [];
  for (const block of new Set([...branch.keys(), ...session.keys()])) {
    const sides = { base: base.get(block), branch: branch.get(block), session: session.get(block) };
    const part = mergePart(sides, block === '' && keepsFirstHead);
    if (part === CONFLICT) conflicts.push({ path, block, ...sides });
    else if (part !== undefined) merged.push(part);
  }
  return conflicts.length > 0 ? { conflicts } : { text: join(merged) };
}

type Parts = ReadonlyMap<string, string>;
type Part = string | undefined;
const CONFLICT = Symbol('both sides changed it');

/** Two sessions that made the same file wrote its head twice: the first one stays. */
function mergePart(sides: { base: Part; branch: Part; session: Part }, isNewHead: boolean): Part | typeof CONFLICT {
  const { base, branch, session } = sides;
  if (sameText(branch, session) || sameText(session, base)) return branch;
  if (sameText(branch, base)) return session;
  return isNewHead ? branch : CONFLICT;
}

/** Whether two parts say the same: the empty lines between a part and the next are nobody's. */
function sameText(one: Part, other: Part): boolean {
  return one?.trimEnd() === other?.trimEnd();
}

/** A part that was the last of its file may lack the line end that the next one needs. */
function join(parts: readonly string[]): string {
  return parts.reduce((text, part) => (text === '' || text.endsWith('\n') ? text + part : `${text}\n${part}`), '');
}
