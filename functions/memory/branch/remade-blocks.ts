import type { PastBlockRow } from '../sql/branch-rewrite.ts';
import { blockRow, changedBlocks } from './write-commit.ts';

/** The rows of blocks that a stretch of new commits brings and ends. */
export class RemadeBlocks {
  readonly begun: PastBlockRow[] = [];
  /** Blocks of before the stretch. */
  readonly ended: { path: string; block: string; at: string }[] = [];
  readonly #open = new Map<string, PastBlockRow>();

  /** Commits come in their order. */
  take(
    commit: { commitId: string; at: string },
    file: { path: string; before: string | undefined; after: string | undefined },
  ): void {
    const { path, before, after } = file;
    const changed = changedBlocks(before, after);
    for (const block of changed.ended) {
      const key = `${path} ${block}`;
      const open = this.#open.get(key);
      if (open === undefined) this.ended.push({ path, block, at: commit.at });
      else open.valid_to = commit.at;
      this.#open.delete(key);
    }
    for (const block of changed.begun) {
      const row = { ...blockRow(path, block, commit), valid_to: undefined };
      this.begun.push(row);
      this.#open.set(`${path} ${block.id}`, row);
    }
  }
}
