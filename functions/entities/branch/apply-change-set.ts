import { z } from 'zod';
import type { Transaction } from '../../platform/database/database.ts';
import type { Turn } from '../archive-turns.ts';
import { applyEdits, Edit } from '../files/edit.ts';
import { indexAt } from '../files/index-at.ts';
import { type BlockConflict, mergeBlocks } from '../files/merge-blocks.ts';
import { withHead } from '../files/plain-head.ts';
import { addToTimeline, type FileChange, timelineEntry, timelinePath } from '../files/timeline.ts';
import { archivePath, archiveText } from '../ingest/transcript.ts';
import { findCommit } from '../sql/memory-commit.ts';
import { type ChangeSetRow, findJob, updateJobCommitted } from '../sql/memory-job.ts';
import { listTexts, type Owner } from '../sql/memory-object.ts';
import { claimRepository, findHead, type HeadRow } from '../sql/memory-repository.ts';
import { listSessionTurns } from '../sql/session-turn.ts';
import type { Committed } from './record-commit.ts';
import { writeCommit } from './write-commit.ts';

/** A staged session, parsed: what it wants to change, on which commit. */
export interface ChangeSet {
  sessionId: string;
  baseCommit: string | undefined;
  proposer: 'model' | 'rules';
  edits: Edit[];
  /** The files that its model was shown. */
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

/** The branch moved, and what it got contradicts what the session wants: both sides, block by block. Nothing was written. */
export class ChangeConflict extends Error {
  readonly conflicts: BlockConflict[];

  constructor(conflicts: BlockConflict[]) {
    super('The branch has changed the same blocks');
    this.name = 'ChangeConflict';
    this.conflicts = conflicts;
  }
}

/** The commit of a change set is not there: an erasure made another one of it since the change set was read. */
export class BaseMissing extends Error {
  constructor() {
    super('A session is staged on a commit that is not there');
    this.name = 'BaseMissing';
  }
}

/**
 * Applies a staged session to the branch as one commit: its edits, merged with what came after its base, the entry of the timeline, the archive and the index.
 * A session that is in the branch answers its commit.
 * @throws ChangeConflict when both changed the same block; everything of the transaction is to be rolled back then
 */
export async function applyChangeSet(transaction: Transaction, owner: Owner, set: ChangeSet): Promise<Committed> {
  const repository = await claimRepository(transaction);
  if (repository === undefined) throw new Error('A session is committed to a repository that is not there');
  const applied = await findCommit(transaction, { sessionId: set.sessionId });
  if (applied !== undefined) return applied;
  const head = await findHead(transaction, repository.branch);
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
  if (committed === undefined) throw new Error('A session changed nothing, not even its archive');
  const job = await findJob(transaction, { sessionId: set.sessionId });
  if (job !== undefined) await updateJobCommitted(transaction, job.id, committed.id);
  return committed;
}

/**
 * What a change set does to the files that it was made on, as it is shown before it is committed.
 * @throws BaseMissing
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
      const isGone = base !== undefined && !branch.has(path);
      // Its head went with whoever made the file and was taken back; what was made one with another file has none and goes there with the next upkeep.
      const isRemade = isGone && !(await isMergedAway(transaction, head, path));
      changes.push({ path, before: branch.get(path), after: isRemade ? withHead(path, merged.text) : merged.text });
    }
  }
  if (conflicts.length > 0) throw new ChangeConflict(conflicts);
  return changes;
}

/** Whether a file of the branch has the name of this path among its own. */
async function isMergedAway(transaction: Transaction, head: HeadRow | undefined, path: string): Promise<boolean> {
  const index = await indexAt(transaction, head?.tree_id);
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
  return index.some(({ aliases }) => aliases.includes(stem));
}

async function textsOfBase(transaction: Pick<Transaction, 'query'>, set: ChangeSet): Promise<Map<string, string>> {
  if (set.baseCommit === undefined) return new Map();
  const base = await findCommit(transaction, { id: set.baseCommit });
  if (base === undefined) throw new BaseMissing();
  return textsAt(
    transaction,
    base.tree_id,
    set.edits.map(({ path }) => path),
  );
}

/** Texts by path at a tree; nothing of no tree. */
export async function textsAt(
  queryable: Pick<Transaction, 'query'>,
  treeId: string | undefined,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const rows = treeId === undefined ? [] : await listTexts(queryable, treeId, paths);
  return new Map(rows.map(({ path, text }) => [path, text]));
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

/** What the commit of a session says of itself. */
export function messageOf(
  set: Pick<ChangeSet, 'sessionId' | 'proposer' | 'day'>,
  changes: readonly FileChange[],
): string {
  const stems = changes.map(({ path }) => path.replace(/^.*\//, '').replace(/\.md$/, '')).slice(0, MOST_NAMED);
  const named = stems.length === 0 ? '' : ` | ${stems.join(', ')}`;
  return `Session ${set.sessionId}${named}\n\nProposed-By: ${set.proposer}\nSession-Day: ${set.day}`;
}
