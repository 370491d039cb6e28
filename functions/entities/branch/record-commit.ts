import type { Statement } from '../../platform/database/batch.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { isEntityPath } from '../files/ontology.ts';
import type { GitObject } from '../git/object.ts';
import { listBlocks, updateBlocks } from '../sql/memory-block.ts';
import { type ChangedPath, insertChanges, insertCommits, type NewCommit } from '../sql/memory-commit.ts';
import { insertObjects, type Owner } from '../sql/memory-object.ts';
import { type HeadRow, type RepositoryRow, updateRef } from '../sql/memory-repository.ts';
import { changeBlocks } from './block-rows.ts';

/** A commit with everything that follows from it. */
export interface CommitToRecord extends Omit<NewCommit, 'position' | 'parentId'> {
  owner: Owner;
  /** Locked by the transaction, see `claimRepository`. */
  repository: RepositoryRow;
  /** The commit that the branch points to. */
  head: HeadRow | undefined;
  /** The commit object, and every object that the branch does not have yet. */
  objects: readonly GitObject[];
  /** Against the head. */
  changes: readonly ChangedPath[];
  /** The new texts of the entity files that changed, by path; undefined for a removed file. */
  texts: ReadonlyMap<string, string | undefined>;
}

export interface Committed {
  id: string;
  position: number;
}

/**
 * Writes a commit at the next position of the branch, with its objects, changes and block rows, and moves the branch by
 * compare-and-swap. The transaction must hold the lock of the repository.
 * @throws Error when the branch does not point to `head`: the repository was not locked
 */
export async function recordCommit(transaction: Transaction, commit: CommitToRecord): Promise<Committed> {
  const { owner, repository, head, changes, texts, id, at } = commit;
  const position = (head?.position ?? 0) + 1;
  const changed = new Map(changes.flatMap(({ path }) => (isEntityPath(path) ? [[path, texts.get(path)]] : [])));
  const current = changed.size === 0 ? [] : await listBlocks(transaction, { paths: [...changed.keys()] });
  const blocks = changeBlocks(current, changed, { commitId: id, at });
  const ended = blocks.ended.map(({ path, block }) => ({ path, block, at }));
  // The last batch of objects goes with the rest, so that a small commit is one round trip.
  let batch: Statement[] = [];
  for (const statement of insertObjects(
    owner,
    commit.objects.map((object) => ({ ...object, position })),
  )) {
    if (batch.length > 0) await transaction.queryAll(batch);
    batch = [statement];
  }
  await transaction.queryAll([
    ...batch,
    insertCommits(owner, [{ ...commit, position, parentId: head?.id }]),
    insertChanges(
      owner,
      changes.map((change) => ({ ...change, position })),
    ),
    ...updateBlocks(owner, repository.id, { ...blocks, ended }),
  ]);
  await moveBranch(transaction, { owner, repository, from: head?.id, to: id });
  return { id, position };
}

/** Moves the branch. @throws Error when it does not point to `from`: the repository was not locked */
export async function moveBranch(
  transaction: Transaction,
  move: { owner: Owner; repository: RepositoryRow; from: string | undefined; to: string },
): Promise<void> {
  const { owner, repository, from, to } = move;
  if (!(await updateRef(transaction, { ...owner, branch: repository.branch, from, to })))
    throw new Error(`The branch ${repository.branch} moved although the transaction holds the lock of its repository`);
}
