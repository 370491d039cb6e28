import { applyEdits, defaultFrontmatter, type Edit } from '../files/edit.ts';
import { partsOf, slugOf } from '../files/entity-file.ts';
import { mergeBlocks } from '../files/merge-blocks.ts';
import type { FileChange } from '../files/timeline.ts';
import type { SaidName } from './said-names.ts';
import type { WithdrawnChange } from './withdrawal-report.ts';

/** Returns the reason why an edit must not be replayed, whatever the files contain; undefined when it is allowed. */
export type RefusalCheck = (edit: Edit) => WithdrawnChange['why'] | undefined;

/** Reads the three forms of a file that a replay of edits needs. */
export interface ReplayBase {
  /** The original file that the edits were proposed on. Used only to report the block of a withdrawn edit. */
  original: (path: string) => string | undefined;
  /** The replayed file at the commit that the edits were proposed on: the base of the three-way merge. */
  base: (path: string) => string | undefined;
  /** The replayed file just before the commit of the session: the edits are merged into it. */
  target: (path: string) => string | undefined;
  refusalReason: RefusalCheck;
  saidName: SaidName;
}

interface ReplayedEdits {
  changes: FileChange[];
  /** The edits that were applied, in the form in which they apply to the base. */
  edits: Edit[];
  withdrawn: WithdrawnChange[];
}

/**
 * Replays the edits of a session in two steps, as a commit of a session does: applies them to the base, and merges the
 * result with the target. An edit that is refused or cannot be applied is withdrawn; the other edits of its file stay.
 * An edit that appends to a missing file creates the file, with the name that the session says, else one of its path.
 */
export function replayEdits(edits: readonly Edit[], files: ReplayBase): ReplayedEdits {
  const replayed: ReplayedEdits = { changes: [], edits: [], withdrawn: [] };
  const withdraw = (edit: Edit, why: WithdrawnChange['why']) => {
    const { path, op } = edit;
    replayed.withdrawn.push({ path, block: blockOf(edit, files.original(path)), op, why });
  };
  for (const path of new Set(edits.map((edit) => edit.path))) {
    const allowed = edits
      .filter((edit) => edit.path === path)
      .filter((edit) => {
        const why = files.refusalReason(edit);
        if (why !== undefined) withdraw(edit, why);
        return why === undefined;
      });
    const [base, target] = [files.base(path), files.target(path)];
    const name = files.saidName(path);
    const { applied, text, failed } = applyPossible(allowed, { path, base, name });
    for (const edit of failed) withdraw(edit, 'text_gone');
    if (text === undefined) continue;
    const merged = mergeBlocks({ path, base, branch: target, session: text });
    // The original commit had no conflict: base and target became different because the source is left out. An edit can
    // still fit the target, for example when it replaces another text of the same block, so the edits are tried there.
    const after = 'text' in merged ? merged.text : tryEdits(applied, { path, base: target, name })?.text;
    if (after === undefined) for (const edit of applied) withdraw(edit, 'conflict');
    else {
      replayed.edits.push(...applied);
      replayed.changes.push({ path, before: target, after });
    }
  }
  return replayed;
}

/** A file to which edits are applied, with the name that it has if they create it. */
interface EditedFile {
  path: string;
  base: string | undefined;
  name: string | undefined;
}

interface AppliedEdits {
  applied: Edit[];
  text: string | undefined;
}

/**
 * Applies all edits at once, as when they were proposed. When this fails, adds one edit after the other and skips each
 * edit that fails.
 */
function applyPossible(edits: readonly Edit[], file: EditedFile): AppliedEdits & { failed: Edit[] } {
  const all = tryEdits(edits, file);
  if (all !== undefined) return { ...all, failed: [] };
  const possible: Edit[] = [];
  const failed: Edit[] = [];
  for (const edit of edits) (tryEdits([...possible, edit], file) === undefined ? failed : possible).push(edit);
  return { ...(tryEdits(possible, file) ?? { applied: [], text: undefined }), failed };
}

function tryEdits(edits: readonly Edit[], { path, base, name }: EditedFile): AppliedEdits | undefined {
  const applied = adaptEdits(edits, { isThere: base !== undefined, name });
  const { files, faults } = applyEdits(applied, () => base);
  return faults.length > 0 ? undefined : { applied, text: files.get(path) };
}

/** Turns a create of an existing file into appends, and an append to a missing file into a create. */
function adaptEdits(edits: readonly Edit[], { isThere, name }: { isThere: boolean; name: string | undefined }): Edit[] {
  let exists = isThere;
  return edits.flatMap((edit): Edit[] => {
    if (edit.op === 'create' && exists) return edit.blocks.map((block) => ({ op: 'append', path: edit.path, block }));
    const creates = edit.op === 'append' && !exists;
    exists ||= edit.op !== 'replace';
    if (!creates) return [edit];
    const head = defaultFrontmatter(edit.path);
    return [{ op: 'create', path: edit.path, ...head, name: name ?? head.name, blocks: [edit.block] }];
  });
}

/** Returns the id of the block that an edit changes; null for a whole file, or the text before the first block. */
function blockOf(edit: Edit, original: string | undefined): string | null {
  if (edit.op === 'append') return slugOf(edit.block.heading);
  if (edit.op === 'create' || original === undefined) return null;
  const part = [...partsOf(original)].find(([, text]) => text.includes(edit.search));
  return part === undefined || part[0] === '' ? null : part[0];
}
