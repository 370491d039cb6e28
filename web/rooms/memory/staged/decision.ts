import type { components } from '../../../api/api.generated.d.ts';
import { ApiError } from '../../../api/problem.ts';
import { text } from '../../../text/memory-more.ts';
import type { BlockChange } from '../entity/blocks.ts';

/** The decision about a staged session by block. Every block is accepted until it is rejected. Pure. */

interface StagedFile {
  path: string;
  blocks: BlockChange[];
}

/** A block by name, as `POST /memory/commit-session` takes it. */
export interface BlockName {
  path: string;
  block: string;
}

/** Returns one text for the name of a block. A path has no line break. */
export function keyOf({ path, block }: BlockName): string {
  return `${path}\n${block}`;
}

/** Returns the blocks in the order of the page. */
export function blocksOf(files: readonly StagedFile[]): BlockName[] {
  return files.flatMap(({ path, blocks }) => blocks.map(({ block }) => ({ path, block })));
}

/** Returns the blocks to accept: undefined for all of them, so that the server takes the session as it is. */
export function chosenBlocks(all: readonly BlockName[], rejected: ReadonlySet<string>): BlockName[] | undefined {
  const kept = all.filter((block) => !rejected.has(keyOf(block)));
  return kept.length === all.length ? undefined : kept;
}

/** Returns the words of the button that accepts. */
export function acceptLabel(kept: number, all: number): string {
  if (kept < all) return text.staged.acceptSome(kept, all);
  return all === 1 ? text.staged.acceptOne : text.staged.acceptAll(all);
}

/** A block that the session and the files of now changed in contradicting ways. */
export interface Conflict extends BlockName {
  /** The text when the session was read. */
  base: string | null;
  /** The text in the files of now. */
  branch: string | null;
  session: string | null;
}

type ConflictProblem = components['schemas']['Problem'] & { conflicts?: Conflict[] };

/** Returns the conflicts that a refusal names; empty for every other error. */
export function conflictsIn(error: unknown): Conflict[] {
  if (!(error instanceof ApiError) || error.status !== 409) return [];
  return (error.problem as ConflictProblem | undefined)?.conflicts ?? [];
}
