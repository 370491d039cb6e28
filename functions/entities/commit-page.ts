import { z } from 'zod';
import type { Cursors } from '../platform/cursor.ts';
import type { Queryable } from '../platform/database/database.ts';
import { openCommit } from './branch/read-branch.ts';
import { findCommit } from './sql/memory-commit.ts';
import type { HeadRow } from './sql/memory-repository.ts';

/** The commit that a list shows, and how many of its items were returned. A cursor holds no names. */
const Position = z.strictObject({ commit: z.int(), offset: z.int() });

interface CommitList<Item> {
  read: Queryable;
  cursor: Cursors;
  query: { limit: number; cursor?: string | undefined; as_of?: string | undefined };
  /** Returns all items of a commit. */
  itemsOf(commit: HeadRow): Promise<Item[]>;
}

/**
 * Returns one page of a list that is computed from the files of a commit. All pages show the commit that the first page
 * showed.
 */
export async function pageOfCommit<Item>({ read, cursor, query, itemsOf }: CommitList<Item>) {
  const after = cursor.decode(query.cursor, Position);
  const commit =
    after === undefined ? await openCommit(read, query.as_of) : await findCommit(read, { position: after.commit });
  if (commit === undefined) return { items: [], next_cursor: null };
  const all = await itemsOf(commit);
  const { offset = 0 } = after ?? {};
  const end = offset + query.limit;
  const next = end >= all.length ? null : cursor.encode({ commit: commit.position, offset: end });
  return { items: all.slice(offset, end), next_cursor: next };
}
