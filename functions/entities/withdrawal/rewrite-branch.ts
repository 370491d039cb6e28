import { messageOf } from '../branch/apply-change-set.ts';
import { BlockHistory, namesIn } from '../branch/block-rows.ts';
import { moveBranch } from '../branch/record-commit.ts';
import { entityOfEntry, indexWrites } from '../files/entity-index.ts';
import { isEntityPath } from '../files/ontology.ts';
import { blobOf, commitOf, type GitObject, PLAIN, type TreeFile } from '../git/object.ts';
import { TreeWriter } from '../git/tree-writer.ts';
import { ERASED_MESSAGE } from '../sql/branch-commit.ts';
import { deleteCommitsFrom, deleteUnreachedObjects, updateCommitIds } from '../sql/history-rewrite.ts';
import { type BlockRow, updateBlocks } from '../sql/memory-block.ts';
import { type ChangedPath, insertChanges, insertCommits, type NewCommit } from '../sql/memory-commit.ts';
import { insertObjects, type PositionedObject } from '../sql/memory-object.ts';
import type { HeadRow, RepositoryRow } from '../sql/memory-repository.ts';
import { type OriginalCommit, textVersion, type Version } from './history-slice.ts';
import type { Replay, ReplayedCommit } from './replay.ts';

/** Git objects are inserted when their contents have this size together. */
const FLUSH_BYTES = 2 * 1024 * 1024;

/**
 * Rewrites the commits of a replay. Each new commit keeps its position and its time. `add` inserts the new git objects
 * next to the old ones, one batch for every 2 MB of content. `replaceHistory` then replaces the rows of commits,
 * changes and blocks in a few statements, however many commits there are.
 */
export class BranchRewrite {
  readonly #replay: Replay;
  readonly #commits: NewCommit[] = [];
  readonly #changeRows: (ChangedPath & { position: number })[] = [];
  readonly #blocks: BlockHistory;
  /** Position of the first new commit that contains an object, by object id. */
  readonly #reached = new Map<string, number>();
  /** New commit ids by old ones. */
  readonly #ids = new Map<string, string>();
  readonly #trees: TreeWriter;
  /** Blob ids by path after the last new commit, index entries included. */
  readonly #blobs: Map<string, string>;
  #waiting: PositionedObject[] = [];
  #waitingBytes = 0;

  /** @param blocks the block rows that were current before the first rewritten commit */
  constructor(replay: Replay, blocks: readonly BlockRow[]) {
    const { files } = replay.slice;
    this.#replay = replay;
    this.#blocks = new BlockHistory(blocks);
    this.#blobs = new Map(files);
    this.#trees = new TreeWriter(new Map([...files].map(([path, id]) => [path, this.#fileOf(path, id)])));
  }

  /** Adds a replayed commit. Commits must be added in order. */
  async add(replayed: ReplayedCommit): Promise<void> {
    const { original, isOwn, writes } = replayed;
    const { position, committed_at: at } = original;
    for (const [path, version] of [...writes, ...this.#indexWrites(replayed)]) this.#write(position, path, version);
    const { rootId: treeId, trees } = this.#trees.write();
    for (const tree of trees) this.#addObject(position, tree);
    const parentId = this.#commits.at(-1)?.id ?? this.#replay.slice.parent?.id;
    const message = this.#messageOf(replayed);
    const seconds = Math.floor(Date.parse(at) / 1000);
    const commit = commitOf({ treeId, parentIds: parentId === undefined ? [] : [parentId], seconds, message });
    this.#addObject(position, commit);
    this.#ids.set(original.id, commit.id);
    const { session_id: sessionId, remote_commit: remoteId, remote_authors: authors } = original;
    this.#commits.push({
      id: commit.id,
      position,
      treeId,
      parentId,
      message,
      at,
      sessionId: isOwn ? undefined : (sessionId ?? undefined),
      revertedSource: this.#isRevert(original) ? undefined : (original.reverted_source ?? undefined),
      remote: remoteId === null ? undefined : { commitId: remoteId, authors },
    });
    const entities = [...writes.keys()].filter(isEntityPath);
    const texts = new Map(entities.map((path) => [path, this.#replay.files.at(position, path)?.text]));
    this.#blocks.add({ commitId: commit.id, at }, texts);
    if (this.#waitingBytes >= FLUSH_BYTES) await this.#flush();
  }

  /** Replaces the old history with the new one, and moves the branch. Returns how many git objects were deleted. */
  async replaceHistory(repository: RepositoryRow, head: HeadRow): Promise<number> {
    const { transaction, slice, source } = this.#replay;
    const { owner } = source;
    await this.#flush();
    const { ended, begun } = this.#blocks;
    const { files } = this.#replay;
    const named = [...files.everAffected]
      .filter(isEntityPath)
      .map((path) => ({ path, names: namesIn(files.at(Number.POSITIVE_INFINITY, path)?.text) }));
    await transaction.queryAll([
      ...deleteCommitsFrom(owner, { position: slice.first, at: slice.commits[0]?.committed_at ?? '' }),
      insertCommits(owner, this.#commits),
      insertChanges(owner, this.#changeRows),
      ...updateBlocks(owner, repository.id, { ended, begun, named }),
      ...updateCommitIds(owner, this.#ids),
    ]);
    await moveBranch(transaction, { owner, repository, from: head.id, to: this.#commits.at(-1)?.id ?? '' });
    return deleteUnreachedObjects(transaction, owner, { first: slice.first, reached: this.#reached });
  }

  /**
   * Returns the paths, and the file names without extension, of affected entity files that do not exist in the replayed
   * branch after the last added commit. Messages and faults must not contain them. A file that a later commit removed
   * or merged into another file is included.
   */
  namesToErase(): string[] {
    const { files } = this.#replay;
    return [...files.everAffected]
      .filter((path) => isEntityPath(path) && files.at(Number.POSITIVE_INFINITY, path) === undefined)
      .flatMap((path) => [path, path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '')]);
  }

  #fileOf(path: string, id: string): TreeFile {
    return { id, mode: this.#replay.slice.modes.get(path) ?? PLAIN };
  }

  #write(position: number, path: string, version: Version | undefined): void {
    const beforeId = this.#blobs.get(path);
    if (beforeId === version?.blobId) return;
    this.#changeRows.push({ position, path, beforeId, afterId: version?.blobId });
    this.#trees.set(path, version && this.#fileOf(path, version.blobId));
    if (version === undefined) {
      this.#blobs.delete(path);
      return;
    }
    this.#blobs.set(path, version.blobId);
    if (version.text === undefined) this.#reach(position, version.blobId);
    else this.#addObject(position, blobOf(version.text));
  }

  #addObject(position: number, object: GitObject): void {
    if (!this.#reach(position, object.id)) return;
    this.#waiting.push({ ...object, position });
    this.#waitingBytes += object.content.length;
  }

  /** Returns false when an earlier commit contains the object. */
  #reach(position: number, id: string): boolean {
    if (this.#reached.has(id)) return false;
    this.#reached.set(id, position);
    return true;
  }

  async #flush(): Promise<void> {
    const { transaction, source } = this.#replay;
    for (const statement of insertObjects(source.owner, this.#waiting)) await transaction.queryAll([statement]);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /**
   * Returns the index entries of a commit, derived from the entity files that it writes. A commit without recorded
   * edits can also write an entry alone, for example to repair the index. Such an entry is copied when its entity file
   * is equal to the original, and derived again when it differs.
   */
  #indexWrites({ original, writes }: ReplayedCommit): Map<string, Version | undefined> {
    const { files } = this.#replay;
    const { position, session, blobIds } = original;
    const textOf = (path: string) => files.at(position, path)?.text;
    const changed = new Map([...writes.keys()].filter(isEntityPath).map((path) => [path, textOf(path)]));
    const entries = new Map<string, Version | undefined>();
    for (const [path, blobId] of session === undefined ? blobIds : []) {
      const entity = entityOfEntry(path);
      if (entity === undefined) continue;
      if (!files.isSameAt(position, entity)) changed.set(entity, textOf(entity));
      else entries.set(path, blobId === undefined ? undefined : { blobId });
    }
    for (const [path, text] of indexWrites(changed)) entries.set(path, textVersion(text));
    return entries;
  }

  /** Tells whether a commit reverted the source that is erased now. */
  #isRevert(original: OriginalCommit): boolean {
    return original.reverted_source === this.#replay.source.sourceId;
  }

  #messageOf({ original, isOwn, changes, withdrawn }: ReplayedCommit): string {
    if (isOwn) return ERASED_MESSAGE;
    if (original.session !== undefined) {
      const before = [...original.blobIds.keys()].filter(isEntityPath).sort();
      const after = changes.map(({ path }) => path).sort();
      const isSame = withdrawn.length === 0 && before.join('\n') === after.join('\n');
      return isSame ? original.message : messageOf(original.session, changes);
    }
    if (this.#isRevert(original)) return 'Revert a source that was erased since';
    return this.namesToErase().reduce(withoutName, original.message);
  }
}

function withoutName(message: string, name: string): string {
  const escaped = name.replaceAll(/[^\w]/g, '\\$&');
  return message.replaceAll(new RegExp(`(?<![\\w/])${escaped}(?![\\w/])`, 'g'), '[erased]');
}
