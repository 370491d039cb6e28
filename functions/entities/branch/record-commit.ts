import type { Transaction } from '../../platform/database/database.ts';
import { type Block, parseEntity } from '../files/entity-file.ts';
import { isEntityPath } from '../files/ontology.ts';
import type { GitObject } from '../git/object.ts';
import { type BlockRow, insertBlocks, updateBlocksEnded } from '../sql/memory-block.ts';
import { type ChangedPath, insertChanges, insertCommit } from '../sql/memory-commit.ts';
import { insertObjects, listBlobs, type Owner } from '../sql/memory-object.ts';
import { type HeadRow, type RepositoryRow, updateRef } from '../sql/memory-repository.ts';
import { withBlame } from './moved-blocks.ts';

/** What a sync brought a commit from: the commit of the linked repository, and the names of who wrote what is new. */
export interface RemoteOrigin {
  commitId: string;
  authors: readonly string[];
}

export interface NewCommit {
  owner: Owner;
  /** Held by the transaction, see `claimRepository`. */
  repository: RepositoryRow;
  head: HeadRow | undefined;
  id: string;
  treeId: string;
  message: string;
  /** Later than the head's. */
  at: string;
  /** The session that it applies; each is applied once. */
  sessionId?: string | undefined;
  /** The source that it takes back. */
  revertedSource?: string | undefined;
  remote?: RemoteOrigin | undefined;
  /** All that the branch has not yet: the commit itself, its trees and blobs, and what else it stands on. */
  objects: readonly GitObject[];
  /** Against the head. */
  changes: readonly ChangedPath[];
  /** The new text of each entity file that changed. */
  texts: ReadonlyMap<string, string | undefined>;
}

export interface Committed {
  id: string;
  position: number;
}

/** Bytes of objects in one statement: they travel as hexadecimal text, and all of them at once would be the whole memory three times. */
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Writes a commit as the branch's next position, with all that follows from it (objects, what changed, the rows of blocks), in the transaction that holds the
 * repository, and moves the branch by compare-and-swap.
 * @throws Error when the branch is not where the plan says: the repository was not held
 */
export async function recordCommit(transaction: Transaction, commit: NewCommit): Promise<Committed> {
  const { owner, repository, head, changes } = commit;
  const position = (head?.position ?? 0) + 1;
  const paths = changes.map(({ path }) => path).filter(isEntityPath);
  const blocks = await blockStatements(transaction, commit, paths);
  const [first = [], ...rest] = batchesOf(commit.objects);
  for (const batch of rest) await transaction.query(insertObjects(owner, position, batch));
  await transaction.queryAll([
    insertObjects(owner, position, first),
    insertCommit(owner, {
      id: commit.id,
      position,
      treeId: commit.treeId,
      parentId: head?.id,
      sessionId: commit.sessionId,
      remote: commit.remote,
      revertedSource: commit.revertedSource,
      message: commit.message,
      committedAt: commit.at,
    }),
    insertChanges(owner, position, changes),
    ...blocks,
  ]);
  const move = { ...owner, branch: repository.branch, from: head?.id, to: commit.id };
  if (!(await updateRef(transaction, move))) throw new Error('The branch moved under the lock of its repository');
  return { id: commit.id, position };
}

function batchesOf(objects: readonly GitObject[]): GitObject[][] {
  const batches: GitObject[][] = [];
  let bytes = BATCH_BYTES;
  for (const object of objects) {
    if (bytes >= BATCH_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(object);
    bytes += object.content.length;
  }
  return batches;
}

/** The texts of paths by the blobs that they had: along each path the same trees would be read again and again. */
async function textsBefore(transaction: Transaction, changes: readonly ChangedPath[]): Promise<Map<string, string>> {
  const ids = changes.flatMap(({ path, beforeId }) => (isEntityPath(path) ? (beforeId ?? []) : []));
  const texts = new Map((await listBlobs(transaction, ids)).map(({ id, text }) => [id, text]));
  return new Map(
    changes.flatMap(({ path, beforeId }) => {
      const text = texts.get(beforeId ?? '');
      return text === undefined ? [] : [[path, text] as const];
    }),
  );
}

/** The rows of the blocks that the commit changed: old ones end at its moment, and new ones begin. */
async function blockStatements(
  transaction: Transaction,
  { owner, repository, id: commitId, at, changes, texts }: NewCommit,
  paths: readonly string[],
) {
  const before = await textsBefore(transaction, changes);
  const ended: { path: string; block: string; text: string }[] = [];
  const begun: BlockRow[] = [];
  for (const path of paths) {
    const changed = changedBlocks(before.get(path), texts.get(path));
    ended.push(...changed.ended.map(({ id, text }) => ({ path, block: id, text })));
    begun.push(...changed.begun.map((block) => blockRow(path, block, { commitId, at })));
  }
  return [
    ...(ended.length > 0 ? [updateBlocksEnded(owner, at, ended)] : []),
    ...(begun.length > 0 ? [insertBlocks(owner, repository.id, await withBlame(transaction, begun, ended))] : []),
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
): { ended: Block[]; begun: Block[] } {
  const old = new Map(blocksOf(before).map((block) => [block.id, block]));
  const young = blocksOf(after);
  const begun = young.filter((block) => {
    const was = old.get(block.id);
    return was === undefined || !saysTheSame(was, block);
  });
  const kept = new Set(young.filter((block) => !begun.includes(block)).map(({ id }) => id));
  return { ended: [...old.values()].filter(({ id }) => !kept.has(id)), begun };
}

function blocksOf(text: string | undefined): Block[] {
  return text === undefined ? [] : parseEntity(text).blocks;
}

function saysTheSame(one: Block, other: Block): boolean {
  return one.heading === other.heading && one.text === other.text && one.alwaysLoad === other.alwaysLoad;
}
