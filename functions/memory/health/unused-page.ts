import { z } from 'zod';
import type { Cursors } from '../../platform/cursor.ts';

const Position = z.strictObject({ created_at: z.string(), id: z.string() });
type Position = z.infer<typeof Position>;

/** A page of a list that has the oldest rows first. */
export interface UnusedPage {
  /** The last row of the previous page. */
  after: Position | undefined;
  limit: number;
}

/** Returns a page of facts or statements with the cursor of the next one. */
export async function unusedPage<Row extends Position>(
  { limit, ...query }: { limit: number; cursor?: string | undefined },
  cursor: Cursors,
  list: (page: UnusedPage) => Promise<Row[]>,
): Promise<{ items: Row[]; next_cursor: string | null }> {
  const rows = await list({ after: cursor.decode(query.cursor, Position), limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const next = last === undefined ? null : cursor.encode({ created_at: last.created_at, id: last.id });
  return { items, next_cursor: next };
}
