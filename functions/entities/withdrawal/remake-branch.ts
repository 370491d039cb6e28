import type { Transaction } from '../../platform/database/database.ts';
import { entityOfEntry, indexWrites } from '../files/entity-index.ts';
import { isEntityPath } from '../files/ontology.ts';
import { blobOf, commitOf, type GitObject, PLAIN, type TreeFile } from '../git/object.ts';
import { TreeWriter } from '../git/tree-writer.ts';
import { insertObjectsOfCommits } from '../sql/branch-rewrite.ts';
import type { BlockRow } from '../sql/memory-block.ts';
import type { ChangedPath, NewCommit } from '../sql/memory-commit.ts';
import type { Owner } from '../sql/memory-object.ts';
import type { NewFiles } from './new-files.ts';
import type { Past } from './past.ts';
import { RemadeBlocks } from './remade-blocks.ts';
import { namesOf, remadeMessage } from './remade-message.ts';
import type { RemadeCommit } from './without-source.ts';

/** Objects wait until they are so many bytes, and go in one statement. */
const BATCH_BYTES = 2 * 1024 * 1024;

/**
 * Makes commits anew, each where and when it was: its objects are written as it comes (beside the old ones; no branch names them yet), everything else is kept
 * for the statements that put the new history in the place of the old one.
 */
export class BranchRemaker {
  readonly commits: NewCommit[] = [];
  readonly changes: (ChangedPath & { position: number })[] = [];
  readonly blocks: RemadeBlocks;
  /** Every object of the new commits, with the first that has it. */
  readonly reached = new Map<string, number>();
  /** New ids by old ones. */
  readonly ids = new Map<string, string>();
  readonly #scope: { transaction: Transaction; owner: Owner; sourceId: string };
  readonly #past: Past;
  readonly #files: NewFiles;
  readonly #trees: TreeWriter;
  /** Blob ids by path, the index among them. */
  readonly #blobs: Map<string, string>;
  #batch: (GitObject & { position: number })[] = [];
  #batchBytes = 0;

  constructor(
    scope: { transaction: Transaction; owner: Owner; sourceId: string },
    { past, files, blocks }: { past: Past; files: NewFiles; blocks: readonly BlockRow[] },
  ) {
    this.#scope = scope;
    this.#past = past;
    this.#files = files;
    this.#blobs = new Map(past.files);
    this.#trees = new TreeWriter(new Map([...past.files].map(([path, id]) => [path, this.#fileOf(path, id)])));
    this.blocks = new RemadeBlocks(blocks);
  }

  /** Commits come in their order. */
  async take(remade: RemadeCommit): Promise<void> {
    const { was, writes } = remade;
    const { position, at } = was;
    for (const [path, version] of writes) this.#write(position, path, version);
    for (const [path, version] of this.#indexOf(remade)) this.#write(position, path, version);
    const { rootId, trees } = this.#trees.write();
    for (const tree of trees) this.#reach(position, tree);
    // An unchanged root is in `reached` or older than the stretch.
    const parentId = this.commits.at(-1)?.id ?? this.#past.parent?.id;
    const message = remadeMessage(remade, this.gone(), this.#scope.sourceId);
    const seconds = Math.floor(Date.parse(at) / 1000);
    const commit = commitOf({ treeId: rootId, parentIds: parentId === undefined ? [] : [parentId], seconds, message });
    this.#reach(position, commit);
    this.ids.set(was.id, commit.id);
    this.commits.push({
      id: commit.id,
      position,
      treeId: rootId,
      parentId,
      sessionId: remade.isOwn ? undefined : was.sessionId,
      message,
      committedAt: at,
      remote: was.remote,
      revertedSource: was.revertedSource === this.#scope.sourceId ? undefined : was.revertedSource,
    });
    this.blocks.take(
      { commitId: commit.id, at },
      [...writes.keys()].filter(isEntityPath).map((path) => ({
        path,
        before: this.#files.at(position - 1, path)?.text,
        after: this.#files.at(position, path)?.text,
      })),
    );
    if (this.#batchBytes >= BATCH_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#batch.length === 0) return;
    await this.#scope.transaction.queryAll([insertObjectsOfCommits(this.#scope.owner, this.#batch)]);
    this.#batch = [];
    this.#batchBytes = 0;
  }

  /** How files are called that are there with the source only. */
  gone(): string[] {
    return namesOf([...this.#files.touched].filter((path) => !this.#files.blobs.has(path)));
  }

  #fileOf(path: string, id: string): TreeFile {
    return { id, mode: this.#past.modes.get(path) ?? PLAIN };
  }

  #write(position: number, path: string, version: { blobId: string; text?: string } | undefined): void {
    const beforeId = this.#blobs.get(path);
    if (beforeId === version?.blobId) return;
    this.changes.push({ position, path, beforeId, afterId: version?.blobId });
    this.#trees.set(path, version && this.#fileOf(path, version.blobId));
    if (version === undefined) this.#blobs.delete(path);
    else {
      this.#blobs.set(path, version.blobId);
      if (version.text === undefined) this.#reachId(position, version.blobId);
      else this.#reach(position, blobOf(version.text));
    }
  }

  #reach(position: number, object: GitObject): void {
    if (!this.#reachId(position, object.id)) return;
    this.#batch.push({ ...object, position });
    this.#batchBytes += object.content.length;
  }

  #reachId(position: number, id: string): boolean {
    if (this.reached.has(id)) return false;
    this.reached.set(id, position);
    return true;
  }

  /** The index follows the files. Where a commit without a session wrote an entry of a file that is what it was, it may have put it right. */
  #indexOf({ was, writes }: RemadeCommit): Map<string, { blobId: string; text?: string } | undefined> {
    const { position } = was;
    const textOf = (path: string) => this.#files.at(position, path)?.text;
    const changed = new Map([...writes.keys()].filter(isEntityPath).map((path) => [path, textOf(path)]));
    const kept: [string, { blobId: string } | undefined][] = [];
    for (const [path, blobId] of was.session === undefined ? was.changes : []) {
      const entity = entityOfEntry(path);
      if (entity === undefined) continue;
      if (!this.#files.isAsItWas(position, entity)) changed.set(entity, textOf(entity));
      else kept.push([path, blobId === undefined ? undefined : { blobId }]);
    }
    const made = [...indexWrites(changed)].map(
      ([path, text]) => [path, text === undefined ? undefined : { blobId: blobOf(text).id, text }] as const,
    );
    return new Map([...kept, ...made]);
  }
}
