import { blockRow, changedBlocks } from '../branch/record-commit.ts';
import type { Block } from '../files/entity-file.ts';
import type { PastBlockRow } from '../sql/branch-rewrite.ts';
import type { BlockRow } from '../sql/memory-block.ts';

/** The rows of blocks that a stretch of new commits brings and ends. One that a commit only moved keeps the commit that its words came with, as `withBlame` has it. */
export class RemadeBlocks {
  readonly begun: PastBlockRow[] = [];
  /** Blocks of before the stretch. */
  readonly ended: { path: string; block: string; at: string }[] = [];
  readonly #open = new Map<string, PastBlockRow>();
  /** The commits that the blocks of before the stretch came with. */
  readonly #before: ReadonlyMap<string, string>;

  /** @param standing the blocks as they stood before the stretch */
  constructor(standing: readonly BlockRow[]) {
    this.#before = new Map(standing.map(({ path, block, commit_id: commitId }) => [keyOf(path, block), commitId]));
  }

  /** Commits come in their order, each with all the files that it changed. */
  take(
    commit: { commitId: string; at: string },
    files: readonly { path: string; before: string | undefined; after: string | undefined }[],
  ): void {
    const changed = files.map(({ path, before, after }) => ({ path, ...changedBlocks(before, after) }));
    const origins = new Map<string, string>();
    for (const { path, ended } of changed) {
      for (const block of ended) {
        const origin = this.#end(path, block.id, commit.at);
        if (origin !== undefined) origins.set(wordsOf(block), origin);
      }
    }
    for (const { path, begun } of changed) {
      for (const block of begun) {
        const commitId = origins.get(wordsOf(block)) ?? commit.commitId;
        const row = { ...blockRow(path, block, { commitId, at: commit.at }), valid_to: undefined };
        this.begun.push(row);
        this.#open.set(keyOf(path, block.id), row);
      }
    }
  }

  /** Ends a block; answers the commit that it came with. */
  #end(path: string, block: string, at: string): string | undefined {
    const key = keyOf(path, block);
    const open = this.#open.get(key);
    this.#open.delete(key);
    if (open === undefined) this.ended.push({ path, block, at });
    else open.valid_to = at;
    return open?.commit_id ?? this.#before.get(key);
  }
}

function keyOf(path: string, block: string): string {
  return `${path} ${block}`;
}

function wordsOf({ heading, text }: Pick<Block, 'heading' | 'text'>): string {
  return `${heading}\n${text}`;
}
