import { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import { Instant } from '../as-of.ts';
import { type BlockChange, diffBlocks } from '../files/diff-blocks.ts';
import { findCommit, listHistory } from '../sql/memory-commit.ts';
import type { HeadRow } from '../sql/memory-repository.ts';
import { textsAt } from './apply-change-set.ts';
import { openCommit } from './open-commit.ts';

export const CommitId = z.string().regex(/^[0-9a-f]{40}$/, 'must be a commit id');
/** One end of a diff: a commit, or the branch as it was at a moment. */
export const DiffEnd = z.union([CommitId, Instant]).meta({ description: 'A commit id, or a time with its zone' });

export interface EntityDiff {
  /** The older commit; undefined for before the first. */
  from: HeadRow | undefined;
  to: HeadRow;
  blocks: BlockChange[];
}

/**
 * What changed in an entity of the person's between two commits or moments, block by block; by default what the newest of its changes did. Nothing after the
 * commit of the position `upTo` is looked at..
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

/** A commit after `upTo` is not there; of a moment after it, `upTo` is what stood. */
async function commitAt(queryable: Queryable, end: string, upTo: number): Promise<HeadRow | undefined> {
  const isId = CommitId.safeParse(end).success;
  const commit = isId ? await findCommit(queryable, { id: end }) : await openCommit(queryable, end);
  if (commit === undefined || commit.position <= upTo) return commit;
  return isId ? undefined : findCommit(queryable, { position: upTo });
}

/** The last commit before the one that last changed the entity, as of `to`. */
async function commitBefore(queryable: Queryable, to: HeadRow, path: string): Promise<HeadRow | undefined> {
  const [change] = await listHistory(queryable, { path, below: to.position + 1, limit: 1 });
  return change === undefined ? undefined : findCommit(queryable, { position: change.position - 1 });
}
