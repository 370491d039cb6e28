import { applyEdits, type Edit } from '../files/edit.ts';
import { partsOf, slugOf } from '../files/entity-file.ts';
import { mergeBlocks } from '../files/merge-blocks.ts';
import { plainHead } from '../files/plain-head.ts';
import type { FileChange } from '../files/timeline.ts';
import type { WithdrawnChange } from './withdrawn.ts';

/** Where the edits of a session are made again. Each file may differ from what it was. */
export interface Ground {
  /** The file as it was when the edits were proposed, for naming its blocks. */
  was: (path: string) => string | undefined;
  /** The file at the commit that they are made on. */
  base: (path: string) => string | undefined;
  /** The file as the branch has it when they are applied. */
  branch: (path: string) => string | undefined;
  /** Why an edit is not to be made at all. */
  refuse: (edit: Edit) => WithdrawnChange['why'] | undefined;
}

export interface Replayed {
  changes: FileChange[];
  /** The edits that were made, as they can be made on the base. */
  edits: Edit[];
  withdrawn: WithdrawnChange[];
}

/**
 * Makes a session's edits again on ground that may be another one: first on their base, then merged with the branch, as a session is committed. An edit that
 * cannot be made there is withdrawn, and the rest of its file stays. A block that was added to a file which is not there makes the file, with a plain head.
 */
export function replayEdits(edits: readonly Edit[], ground: Ground): Replayed {
  const replayed: Replayed = { changes: [], edits: [], withdrawn: [] };
  for (const path of new Set(edits.map((edit) => edit.path))) {
    const wanted: Edit[] = [];
    for (const edit of edits.filter((each) => each.path === path)) {
      const why = ground.refuse(edit);
      if (why === undefined) wanted.push(edit);
      else replayed.withdrawn.push(withdrawnEdit(edit, ground, why));
    }
    const base = ground.base(path);
    const { made, text, failed } = makeEdits(wanted, path, base);
    for (const edit of failed) replayed.withdrawn.push(withdrawnEdit(edit, ground, 'text_gone'));
    if (text === undefined) continue;
    const merged = mergeWithBranch(path, { base, session: text, branch: ground.branch(path), made });
    if (merged === undefined) {
      replayed.withdrawn.push(...made.map((edit) => withdrawnEdit(edit, ground, 'conflict')));
      continue;
    }
    replayed.edits.push(...made);
    replayed.changes.push({ path, before: ground.branch(path), after: merged });
  }
  return replayed;
}

/** All of them at once, as they were checked when they were proposed, else one by one without those that fail. */
function makeEdits(
  edits: readonly Edit[],
  path: string,
  base: string | undefined,
): { made: Edit[]; text: string | undefined; failed: Edit[] } {
  const whole = tryEdits(edits, path, base);
  if (whole !== undefined) return { ...whole, failed: [] };
  let good: Edit[] = [];
  const failed: Edit[] = [];
  for (const edit of edits) {
    if (tryEdits([...good, edit], path, base) === undefined) failed.push(edit);
    else good = [...good, edit];
  }
  return { ...(tryEdits(good, path, base) ?? { made: [], text: undefined }), failed };
}

function tryEdits(
  edits: readonly Edit[],
  path: string,
  base: string | undefined,
): { made: Edit[]; text: string | undefined } | undefined {
  const made = suited(edits, base !== undefined);
  const { files, faults } = applyEdits(made, () => base);
  return faults.length > 0 ? undefined : { made, text: files.get(path) };
}

/** A file is made where it is not, and added to where it is. */
function suited(edits: readonly Edit[], isThere: boolean): Edit[] {
  let exists = isThere;
  return edits.flatMap((edit): Edit[] => {
    if (edit.op === 'create' && exists) return edit.blocks.map((block) => ({ op: 'append', path: edit.path, block }));
    const makes = edit.op === 'append' && !exists;
    exists ||= edit.op !== 'replace';
    return makes ? [{ op: 'create', path: edit.path, ...plainHead(edit.path), blocks: [edit.block] }] : [edit];
  });
}

function mergeWithBranch(
  path: string,
  sides: { base: string | undefined; session: string; branch: string | undefined; made: readonly Edit[] },
): string | undefined {
  const { base, session, branch, made } = sides;
  const merged = mergeBlocks({ path, base, branch, session });
  if ('text' in merged) return merged.text;
  // What was no conflict with the source may be one without it; the edits themselves say what they want.
  return tryEdits(made, path, branch)?.text;
}

function withdrawnEdit(edit: Edit, { was }: Ground, why: WithdrawnChange['why']): WithdrawnChange {
  return { path: edit.path, block: blockOf(edit, was(edit.path)), op: edit.op, why };
}

function blockOf(edit: Edit, was: string | undefined): string | null {
  if (edit.op === 'append') return slugOf(edit.block.heading);
  if (edit.op === 'create' || was === undefined) return null;
  const part = [...partsOf(was)].find(([, text]) => text.includes(edit.search));
  return part === undefined || part[0] === '' ? null : part[0];
}
