import type { Transaction } from '../../platform/database/database.ts';
import { type Block, parseEntity } from '../entities/entity-file.ts';
import { isEntityPath } from '../entities/ontology.ts';
import { buildTrees } from '../git/build-trees.ts';
import { blobOf, commitOf } from '../git/object.ts';
import { type BlockRow, insertBlocks, updateBlocksEnded } from '../sql/memory-block.ts';
import { insertChanges, insertCommit } from '../sql/memory-commit.ts';
import { insertObjects, listFiles, listTexts, type Owner } from '../sql/memory-object.ts';
import { findCommitTime, type HeadRow, type RepositoryRow, updateRef } from '../sql/memory-repository.ts';

export interface CommitPlan {
  owner: Owner;
  /** Held by the transaction, see `claimRepository`. */
  repository: RepositoryRow;
  head: HeadRow | undefined;
  /** New texts by path; undefined removes a file. */
  writes: ReadonlyMap<string, string | undefined>;
  message: string;
  /** The session that it applies; each is applied once. */
  sessionId?: string | undefined;
  /** The source that it takes back. */
  revertedSource?: string | undefined;
}

export interface Committed {
  id: string;
  position: number;
}

/**
 * Writes one commit and everything that follows from it (objects, what changed, the rows of blocks) in the transaction that holds the repository, and moves the
 * branch by compare-and-swap. Answers undefined, having written nothing, when the files say already what they are to say.
 * @throws Error when the branch is not where the plan says: the repository was not held
 */
export async function writeCommit(transaction: Transaction, plan: CommitPlan): Promise<Committed | undefined> {
  const { owner, repository, head, writes, sessionId } = plan;
  const old = new Map((head ? await listFiles(transaction, head.tree_id) : []).map((row) => [row.path, row.blob_id]));
  const files = new Map(old);
  const blobs = [...writes].flatMap(([path, text]) => {
    if (text === undefined) {
      files.delete(path);
      return [];
    }
    const blob = blobOf(text);
    files.set(path, blob.id);
    return old.get(path) === blob.id ? [] : [blob];
  });
  const changes = [...writes.keys()]
    .map((path) => ({ path, beforeId: old.get(path), afterId: files.get(path) }))
    .filter(({ beforeId, afterId }) => beforeId !== afterId);
  if (changes.length === 0) return undefined;

  const known = new Set(buildTrees(old).map(({ id }) => id));
  const trees = buildTrees(files);
  const treeId = trees.at(-1)?.id ?? '';
  const { at, seconds } = await findCommitTime(transaction, head?.committed_at);
  const parentIds = head ? [head.id] : [];
  const commit = commitOf({ treeId, parentIds, seconds, message: plan.message });
  const position = (head?.position ?? 0) + 1;
  const fresh = [...blobs, ...trees.filter(({ id }) => !known.has(id)), commit];
  const paths = changes.map(({ path }) => path).filter(isEntityPath);
  const before = new Map(
    (head ? await listTexts(transaction, head.tree_id, paths) : []).map(({ path, text }) => [path, text]),
  );
  await transaction.queryAll([
    insertObjects(owner, position, fresh),
    insertCommit(owner, {
      id: commit.id,
      position,
      treeId,
      parentId: head?.id,
      sessionId,
      message: plan.message,
      committedAt: at,
      revertedSource: plan.revertedSource,
    }),
    insertChanges(owner, position, changes),
    ...blockStatements(plan, { paths, before, commitId: commit.id, at }),
  ]);
  const move = { ...owner, branch: repository.branch, from: head?.id, to: commit.id };
  if (!(await updateRef(transaction, move))) throw new Error('The branch moved under the lock of its repository');
  return { id: commit.id, position };
}

/** The rows of the blocks that the commit changed: old ones end at its moment, and new ones begin. */
function blockStatements(
  { owner, repository, writes }: CommitPlan,
  commit: { paths: string[]; before: Map<string, string>; commitId: string; at: string },
) {
  const ended: { path: string; block: string }[] = [];
  const begun: BlockRow[] = [];
  for (const path of commit.paths) {
    const changed = changedBlocks(commit.before.get(path), writes.get(path));
    ended.push(...changed.ended.map((block) => ({ path, block })));
    begun.push(...changed.begun.map((block) => blockRow(path, block, commit)));
  }
  return [
    ...(ended.length > 0 ? [updateBlocksEnded(owner, commit.at, ended)] : []),
    ...(begun.length > 0 ? [insertBlocks(owner, repository.id, begun)] : []),
  ];
}

/** A block as its row of the index. */
export function blockRow(path: string, block: Block, commit: { commitId: string; at: string }): BlockRow {
  return {
    path,
    block: block.id,
    heading: block.heading,
    text: block.text,
    strength: block.strength,
    always_load: block.alwaysLoad,
    commit_id: commit.commitId,
    valid_from: commit.at,
  };
}

/** The blocks of a file that end with a change of it, and those that begin. */
export function changedBlocks(
  before: string | undefined,
  after: string | undefined,
): { ended: string[]; begun: Block[] } {
  const old = new Map(blocksOf(before).map((block) => [block.id, block]));
  const young = blocksOf(after);
  const begun = young.filter((block) => {
    const was = old.get(block.id);
    return was === undefined || !saysTheSame(was, block);
  });
  const kept = new Set(young.filter((block) => !begun.includes(block)).map(({ id }) => id));
  return { ended: [...old.keys()].filter((id) => !kept.has(id)), begun };
}

function blocksOf(text: string | undefined): Block[] {
  return text === undefined ? [] : parseEntity(text).blocks;
}

function saysTheSame(one: Block, other: Block): boolean {
  return one.heading === other.heading && one.text === other.text && one.alwaysLoad === other.alwaysLoad;
}
