import { z } from 'zod';
import type { Cursors } from '../../platform/cursor.ts';
import { findTwins, isBefore, type NearRow, type Twin } from './find-twins.ts';

const Position = z.strictObject({ one: z.string(), other: z.string() });

/**
 * Returns a page of the pairs that say the same among facts or statements and those near them, with the cursor of the
 * next page. `load` returns the facts or statements with some ids. A pair of which one was deleted in the meantime is
 * left out, so a page may be short.
 */
export async function twinPage<Row extends { id: string }>(
  { limit, ...query }: { limit: number; cursor?: string | undefined },
  cursor: Cursors,
  { near, load }: { near: () => Promise<NearRow[]>; load: (ids: string[]) => Promise<Row[]> },
): Promise<{ items: (Pick<Twin, 'similarity' | 'reason'> & { one: Row; other: Row })[]; next_cursor: string | null }> {
  const after = cursor.decode(query.cursor, Position);
  const all = await findTwins(await near());
  const rest = after === undefined ? all : all.filter((pair) => isBefore(after, pair));
  const page = rest.slice(0, limit);
  const byId = new Map((await load(page.flatMap(({ one, other }) => [one, other]))).map((row) => [row.id, row]));
  const items = page.flatMap(({ one, other, similarity, reason }) => {
    const [first, second] = [byId.get(one), byId.get(other)];
    return first === undefined || second === undefined ? [] : [{ one: first, other: second, similarity, reason }];
  });
  const last = rest.length > limit ? page.at(-1) : undefined;
  return { items, next_cursor: last === undefined ? null : cursor.encode({ one: last.one, other: last.other }) };
}
