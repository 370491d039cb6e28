import { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import { Instant } from '../../platform/instant.ts';
import { type BlockChange, diffBlocks } from '../files/diff-blocks.ts';
import { findCommit, listHistory } from '../sql/memory-commit.ts';
import type { HeadRow } from '../sql/memory-repository.ts';
import { openCommit, textsAt } from './read-branch.ts';

export const CommitId = z.string().regex(/^[0-9a-f]{40}$/, { error: 'must be a commit id', abort: true });
/** One end of a diff: a commit, or the newest commit at a moment. */
export const DiffEnd = z
  .union([CommitId, Instant], {
    error: 'must be a commit id, or a time with its zone, such as 2026-11-29T09:30:00Z',
  })
  .meta({ description: 'A commit id, or a time with its zone' });

interface EntityDiff {
  /** The older commit; undefined means before the first commit. */
  from: HeadRow | undefined;
  to: HeadRow;
  blocks: BlockChange[];
}

/**
 * Returns what changed in an entity file between two commits or moments, block by block; by default the newest change
 * of the file. Commits after the position `upTo` are ignored.
 */
export async function diffOfEntity(
  queryable: Queryable,
  ends: { path: string; from?: string | undefined; to?: string | undefined; upTo?: number | undefined },
): Promise<EntityDiff | { missing: 'entity' | 'commit' }> {
  const { path, upTo = Number.MAX_SAFE_INTEGER } = ends;
  const below = ends.upTo === undefined ? undefined : ends.upTo + 1;
  const [newest] = await listHistory(queryable, { path, below, limit: 1 });
  if (newest === undefined) return { missing: 'entity' };
  const to = await commitAt(queryable, ends.to ?? newest.commit_id, upTo);
  if (to === undefined) return { missing: 'commit' };
  const from =
    ends.from === undefined ? await commitBefore(queryable, to, path) : await commitAt(queryable, ends.from, upTo);
  if (from === undefined && CommitId.safeParse(ends.from).success) return { missing: 'commit' };
  const [before, after] = [
    await textsAt(queryable, from?.tree_id, [path]),
    await textsAt(queryable, to.tree_id, [path]),
  ];
  return { from, to, blocks: diffBlocks(before.get(path), after.get(path)) };
}

/**
 * Returns the commit of an end. A commit id after `upTo` counts as missing; a moment after it gives the commit at
 * `upTo`.
 */
async function commitAt(queryable: Queryable, end: string, upTo: number): Promise<HeadRow | undefined> {
  const isId = CommitId.safeParse(end).success;
  const commit = isId ? await findCommit(queryable, { id: end }) : await openCommit(queryable, end);
  if (commit === undefined || commit.position <= upTo) return commit;
  return isId ? undefined : findCommit(queryable, { position: upTo });
}

/** Returns the commit before the newest one up to `to` that changed the entity. */
async function commitBefore(queryable: Queryable, to: HeadRow, path: string): Promise<HeadRow | undefined> {
  const [change] = await listHistory(queryable, { path, below: to.position + 1, limit: 1 });
  return change === undefined ? undefined : findCommit(queryable, { position: change.position - 1 });
}
