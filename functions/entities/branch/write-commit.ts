import type { Transaction } from '../../platform/database/database.ts';
import { pathFault } from '../../platform/portable-path.ts';
import { indexWrites } from '../files/entity-index.ts';
import { blobOf, commitOf, PLAIN, type TreeFile } from '../git/object.ts';
import { TreeWriter } from '../git/tree-writer.ts';
import type { ChangedPath } from '../sql/memory-commit.ts';
import { findCommitTime } from '../sql/memory-repository.ts';
import { filesAt } from './read-branch.ts';
import { type CommitToRecord, type Committed, recordCommit } from './record-commit.ts';

export interface CommitPlan
  extends Pick<CommitToRecord, 'owner' | 'repository' | 'head' | 'message' | 'sessionId' | 'revertedSource'> {
  /** New texts by path; undefined removes a file. Index entries are derived. */
  writes: ReadonlyMap<string, string | undefined>;
}

/**
 * Commits new texts on top of the head, with everything that follows from them, see `recordCommit`. A file keeps its
 * mode. Returns undefined, and writes nothing, when no file changes.
 * @throws Error when the branch does not point to `head`: the repository was not locked; or for a new path that some
 * disk refuses
 */
export async function writeCommit(transaction: Transaction, plan: CommitPlan): Promise<Committed | undefined> {
  const { head, writes, message } = plan;
  const old = await filesAt(transaction, head);
  const files = new Map(old);
  const trees = new TreeWriter(old);
  trees.write();
  const blobs = [...writes, ...indexWrites(writes)].flatMap(([path, text]) => {
    const fault = text === undefined || old.has(path) ? undefined : pathFault(path);
    if (fault !== undefined) throw new Error(`The path ${path} must not be written: ${fault}`);
    const blob = text === undefined ? undefined : blobOf(text);
    const file = blob && { id: blob.id, mode: old.get(path)?.mode ?? PLAIN };
    trees.set(path, file);
    if (file === undefined) files.delete(path);
    else files.set(path, file);
    return blob === undefined || old.get(path)?.id === blob.id ? [] : [blob];
  });
  const changes = changesBetween(old, files);
  if (changes.length === 0) return undefined;

  const { rootId: treeId, trees: newTrees } = trees.write();
  const { at, seconds } = await findCommitTime(transaction, head?.committed_at);
  const commit = commitOf({ treeId, parentIds: head ? [head.id] : [], seconds, message });
  const objects = [...blobs, ...newTrees, commit];
  return recordCommit(transaction, { ...plan, id: commit.id, treeId, at, objects, changes, texts: writes });
}

/** Returns the paths whose contents differ. */
export function changesBetween(
  before: ReadonlyMap<string, TreeFile>,
  after: ReadonlyMap<string, TreeFile>,
): ChangedPath[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((path) => ({ path, beforeId: before.get(path)?.id, afterId: after.get(path)?.id }))
    .filter(({ beforeId, afterId }) => beforeId !== afterId);
}
