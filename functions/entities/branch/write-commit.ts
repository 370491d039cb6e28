import type { Transaction } from '../../platform/database/database.ts';
import { indexWrites } from '../files/entity-index.ts';
import { buildTrees } from '../git/build-trees.ts';
import { blobOf, commitOf, PLAIN, type TreeFile } from '../git/object.ts';
import type { ChangedPath } from '../sql/memory-commit.ts';
import { listFiles, type Owner } from '../sql/memory-object.ts';
import { findCommitTime, type HeadRow, type RepositoryRow } from '../sql/memory-repository.ts';
import { type Committed, recordCommit } from './record-commit.ts';

export interface CommitPlan {
  owner: Owner;
  /** Held by the transaction, see `claimRepository`. */
  repository: RepositoryRow;
  head: HeadRow | undefined;
  /** New texts by path; undefined removes a file. The index follows by itself. */
  writes: ReadonlyMap<string, string | undefined>;
  message: string;
  /** The session that it applies; each is applied once. */
  sessionId?: string | undefined;
  /** The source that it takes back. */
  revertedSource?: string | undefined;
}

/**
 * Writes texts as one commit on the head and everything that follows from it, see `recordCommit`. A file keeps its mode. Answers undefined, having written
 * nothing, when the files say already what they are to say.
 * @throws Error when the branch is not where the plan says: the repository was not held
 */
export async function writeCommit(transaction: Transaction, plan: CommitPlan): Promise<Committed | undefined> {
  const { owner, repository, head, writes, sessionId, revertedSource, message } = plan;
  const old = await filesAt(transaction, head);
  const files = new Map(old);
  const blobs = [...writes, ...indexWrites(writes)].flatMap(([path, text]) => {
    if (text === undefined) {
      files.delete(path);
      return [];
    }
    const blob = blobOf(text);
    files.set(path, { id: blob.id, mode: old.get(path)?.mode ?? PLAIN });
    return old.get(path)?.id === blob.id ? [] : [blob];
  });
  const changes = changesBetween(old, files);
  if (changes.length === 0) return undefined;

  const known = new Set(buildTrees(old).map(({ id }) => id));
  const trees = buildTrees(files);
  const treeId = trees.at(-1)?.id ?? '';
  const { at, seconds } = await findCommitTime(transaction, head?.committed_at);
  const commit = commitOf({ treeId, parentIds: head ? [head.id] : [], seconds, message });
  const objects = [...blobs, ...trees.filter(({ id }) => !known.has(id)), commit];
  return recordCommit(transaction, {
    owner,
    repository,
    head,
    id: commit.id,
    treeId,
    message,
    at,
    sessionId,
    revertedSource,
    objects,
    changes,
    texts: writes,
  });
}

/** The files of a commit by path; none of no commit. */
export async function filesAt(
  queryable: Pick<Transaction, 'query'>,
  head: HeadRow | undefined,
): Promise<Map<string, TreeFile>> {
  const rows = head ? await listFiles(queryable, head.tree_id) : [];
  return new Map(rows.map(({ path, blob_id: id, mode }) => [path, { id, mode }]));
}

/** The paths whose contents differ. */
export function changesBetween(
  old: ReadonlyMap<string, TreeFile>,
  young: ReadonlyMap<string, TreeFile>,
): ChangedPath[] {
  return [...new Set([...old.keys(), ...young.keys()])]
    .map((path) => ({ path, beforeId: old.get(path)?.id, afterId: young.get(path)?.id }))
    .filter(({ beforeId, afterId }) => beforeId !== afterId);
}
