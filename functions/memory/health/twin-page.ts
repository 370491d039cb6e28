import { z } from 'zod';
import type { Cursors } from '../../platform/cursor.ts';
import { sayTheSame, type TwinRow, type TwinSearch, twinSearch } from './health.ts';

const Position = z.strictObject({ one: z.string(), other: z.string() });

/**
 * Returns a page of pairs that say the same, with the cursor of the next one. `list` finds the ids of pairs, `load` the
 * facts or statements with these ids. Left out are a claim with its denial, whose vectors are near too, and a pair of
 * which one was deleted between the two reads: a page may be short.
 */
export async function twinPage<Row extends { id: string }>(
  { limit, ...query }: { limit: number; cursor?: string | undefined },
  cursor: Cursors,
  { list, load }: { list: (search: TwinSearch) => Promise<TwinRow[]>; load: (ids: string[]) => Promise<Row[]> },
): Promise<{ items: { one: Row; other: Row; similarity: number }[]; next_cursor: string | null }> {
  const rows = await list(twinSearch(limit + 1, cursor.decode(query.cursor, Position)));
  const page = rows.slice(0, limit);
  const twins = page.filter(sayTheSame);
  const loaded = await load(twins.flatMap(({ one, other }) => [one, other]));
  const byId = new Map(loaded.map((row) => [row.id, row]));
  const items = twins.flatMap(({ one, other, similarity }) => {
    const [first, second] = [byId.get(one), byId.get(other)];
    return first === undefined || second === undefined ? [] : [{ one: first, other: second, similarity }];
  });
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { items, next_cursor: last === undefined ? null : cursor.encode({ one: last.one, other: last.other }) };
}
