import { z } from 'zod';
import type { Transaction } from '../../platform/database/database.ts';
import { archivePath, archiveText, type Turn } from '../files/archive.ts';
import { applyEdits, Edit, fileFaults, withFrontmatter } from '../files/edit.ts';
import { hashedPath, isAbout } from '../files/entity-name.ts';
import { type BlockConflict, mergeBlocks } from '../files/merge-blocks.ts';
import { addToTimeline, type FileChange, timelineEntry, timelinePath } from '../files/timeline.ts';
import { findCommit } from '../sql/memory-commit.ts';
import { type ChangeSetRow, findJob, updateChangeSetEdits, updateJobCommitted } from '../sql/memory-job.ts';
import type { Owner } from '../sql/memory-object.ts';
import { claimRepository, findHead, type HeadRow } from '../sql/memory-repository.ts';
import { listSessionTurns } from '../sql/memory-session.ts';
import { indexAt, textsAt } from './read-branch.ts';
import type { Committed } from './record-commit.ts';
import { writeCommit } from './write-commit.ts';

/** The staged edits of a session, and the commit that they were proposed on. */
export interface ChangeSet {
  sessionId: string;
  baseCommit: string | undefined;
  proposer: 'model' | 'rules';
  edits: Edit[];
  /** The files that the model was shown. */
  shown?: readonly string[];
  /** `YYYY-MM-DD` */
  day: string;
}

export function changeSetOf(row: ChangeSetRow): ChangeSet {
  return {
    sessionId: row.session_id,
    baseCommit: row.base_commit ?? undefined,
    proposer: row.proposer,
    edits: z.array(Edit).parse(row.edits),
    day: row.session_day,
  };
}

/** The branch changed the same blocks as the session since its base. Has both sides of every conflict. */
export class ChangeConflict extends Error {
  readonly conflicts: BlockConflict[];

  constructor(conflicts: BlockConflict[]) {
    super('The branch has changed the same blocks');
    this.name = 'ChangeConflict';
    this.conflicts = conflicts;
  }
}

/** The base commit of a change set does not exist: an erasure has rewritten it since the change set was read. */
export class BaseMissing extends Error {
  constructor() {
    super('The commit that the session is staged on does not exist any more; read the change set again');
    this.name = 'BaseMissing';
  }
}

/**
 * Commits a staged session: its edits, merged with the commits after its base, its timeline entry, its archive and the
 * index. Idempotent: for a session that is committed it returns that commit.
 * @throws ChangeConflict when the branch changed the same block; the caller must roll back the transaction
 */
export async function applyChangeSet(transaction: Transaction, owner: Owner, staged: ChangeSet): Promise<Committed> {
  const repository = await claimRepository(transaction);
  if (repository === undefined)
    throw new Error(`The session ${staged.sessionId} cannot be committed: its user has no repository`);
  const applied = await findCommit(transaction, { sessionId: staged.sessionId });
  if (applied !== undefined) return applied;
  const head = await findHead(transaction, repository.branch);
  const set = await redirected(transaction, staged, head);
  const changes = await mergedChanges(transaction, set, head);
  const turns = await listSessionTurns(transaction, set.sessionId);
  const timeline = timelinePath(set.day);
  const derived = await textsAt(transaction, head?.tree_id, [timeline]);
  const committed = await writeCommit(transaction, {
    owner,
    repository,
    head,
    writes: withDerived(set, changes, { timeline: derived.get(timeline), turns }),
    message: messageOf(set, changes),
    sessionId: set.sessionId,
  });
  if (committed === undefined)
    throw new Error(`The commit of session ${set.sessionId} changed no file, not even its archive`);
  const job = await findJob(transaction, { sessionId: set.sessionId });
  if (job !== undefined) await updateJobCommitted(transaction, job.id, committed.id);
  return committed;
}

/**
 * Returns the change set with a path of its own for each entity that it creates where the branch has another entity by
 * now. The stored edits change, too, because a later erasure replays them.
 */
async function redirected(transaction: Transaction, set: ChangeSet, head: HeadRow | undefined): Promise<ChangeSet> {
  const paths = set.edits.flatMap(({ op, path }) => (op === 'create' ? [path] : []));
  if (head?.id === set.baseCommit || paths.length === 0) return set;
  const [base, branch] = [await textsOfBase(transaction, set), await textsAt(transaction, head?.tree_id, paths)];
  const edits = redirectCreates(
    set.edits,
    (path) => base.get(path),
    (path) => branch.get(path),
  );
  if (edits.every(({ path }, index) => path === set.edits[index]?.path)) return set;
  await updateChangeSetEdits(transaction, { sessionId: set.sessionId, edits });
  return { ...set, edits };
}

/**
 * Gives a file of its own to each entity that a session creates at a path which the branch gave to another entity since
 * the session was staged (two sessions that met Hùng and Hưng at once). The other edits of the path go with it.
 */
function redirectCreates(
  edits: readonly Edit[],
  base: (path: string) => string | undefined,
  branch: (path: string) => string | undefined,
): Edit[] {
  const moved = new Map<string, string>();
  for (const edit of edits) {
    const text = branch(edit.path);
    if (edit.op !== 'create' || text === undefined || base(edit.path) !== undefined) continue;
    if (!isAbout(edit.path, text, edit)) moved.set(edit.path, hashedPath(edit.path, edit.name));
  }
  return moved.size === 0 ? [...edits] : edits.map((edit) => ({ ...edit, path: moved.get(edit.path) ?? edit.path }));
}

/**
 * Returns what a change set does to the files of its base.
 * @throws BaseMissing when the base does not exist any more
 */
export async function stagedChanges(transaction: Pick<Transaction, 'query'>, set: ChangeSet): Promise<FileChange[]> {
  const base = await textsOfBase(transaction, set);
  const { files } = applyEdits(set.edits, (path) => base.get(path));
  return [...files].map(([path, after]) => ({ path, before: base.get(path), after }));
}

async function mergedChanges(
  transaction: Transaction,
  set: ChangeSet,
  head: HeadRow | undefined,
): Promise<FileChange[]> {
  const staged = await stagedChanges(transaction, set);
  if (head?.id === set.baseCommit) return staged;
  const paths = staged.map(({ path }) => path);
  const branch = await textsAt(transaction, head?.tree_id, paths);
  const conflicts: BlockConflict[] = [];
  const changes: FileChange[] = [];
  for (const { path, before: base, after: session = '' } of staged) {
    const merged = mergeBlocks({ path, base, branch: branch.get(path), session });
    if ('conflicts' in merged) conflicts.push(...merged.conflicts);
    else {
      // The branch removed the file. If the session that created it was reverted, default frontmatter is written. If it
      // was merged into another file, it gets none, and the next consolidation moves its blocks there.
      const isRemoved = base !== undefined && !branch.has(path);
      const needsFrontmatter = isRemoved && !(await isMergedAway(transaction, head, path));
      const after = needsFrontmatter ? withFrontmatter(path, merged.text) : merged.text;
      // Two valid sides can be too large together. The session is proposed again on the new branch.
      if (fileFaults(after, branch.get(path) ?? session).length > 0)
        conflicts.push({ path, block: '', base, branch: branch.get(path), session });
      changes.push({ path, before: branch.get(path), after });
    }
  }
  if (conflicts.length > 0) throw new ChangeConflict(conflicts);
  return changes;
}

/** Tells whether another file of the branch has the name of this path as an alias: the file was merged into it. */
async function isMergedAway(transaction: Transaction, head: HeadRow | undefined, path: string): Promise<boolean> {
  const index = await indexAt(transaction, head?.tree_id);
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
  return index.some(({ aliases }) => aliases.includes(stem));
}

/**
 * Returns the files of the base commit that a change set edits.
 * @throws BaseMissing when the base does not exist any more
 */
export async function textsOfBase(
  transaction: Pick<Transaction, 'query'>,
  set: ChangeSet,
): Promise<Map<string, string>> {
  if (set.baseCommit === undefined) return new Map();
  const base = await findCommit(transaction, { id: set.baseCommit });
  if (base === undefined) throw new BaseMissing();
  return textsAt(
    transaction,
    base.tree_id,
    set.edits.map(({ path }) => path),
  );
}

function withDerived(
  set: ChangeSet,
  changes: readonly FileChange[],
  { timeline, turns }: { timeline: string | undefined; turns: Turn[] },
): Map<string, string | undefined> {
  const entry = timelineEntry({ id: set.sessionId, day: set.day }, changes);
  return new Map([
    ...changes.map(({ path, after }) => [path, after] as const),
    [timelinePath(set.day), addToTimeline(timeline, entry, set.day.slice(0, 7))],
    [archivePath(set.sessionId, set.day), archiveText(turns)],
  ]);
}

const MOST_NAMED = 8;

/** Returns the commit message of a session. */
export function messageOf(
  set: Pick<ChangeSet, 'sessionId' | 'proposer' | 'day'>,
  changes: readonly FileChange[],
): string {
  const stems = changes.map(({ path }) => path.replace(/^.*\//, '').replace(/\.md$/, '')).slice(0, MOST_NAMED);
  const named = stems.length === 0 ? '' : ` | ${stems.join(', ')}`;
  return `Session ${set.sessionId}${named}\n\nProposed-By: ${set.proposer}\nSession-Day: ${set.day}`;
}
