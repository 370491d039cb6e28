import { z } from 'zod';
import type { Cursors } from '../../platform/cursor.ts';
import { idSchema } from '../../platform/id.ts';
import type { UnusedPage, UsedMemoryRow } from '../sql/memory-health.ts';

const Position = z.strictObject({ created_at: z.string(), id: idSchema('mem') });

/** Returns a page of facts, the oldest first, with the cursor of the next one. */
export async function unusedPage(
  { limit, ...query }: { limit: number; cursor?: string | undefined },
  cursor: Cursors,
  list: (page: UnusedPage) => Promise<UsedMemoryRow[]>,
): Promise<{ items: UsedMemoryRow[]; next_cursor: string | null }> {
  const rows = await list({ after: cursor.decode(query.cursor, Position), limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const next = last === undefined ? null : cursor.encode({ created_at: last.created_at, id: last.id });
  return { items, next_cursor: next };
}
