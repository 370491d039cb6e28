import { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import { listStrengths } from '../sql/memory-commit.ts';
import type { HeadRow } from '../sql/memory-repository.ts';
import { IndexEntry } from './entity-index.ts';
import { indexAt } from './index-at.ts';

/** An entity as it is listed. */
export const Entity = IndexEntry.extend({
  edits: z.int().meta({ description: 'Commits that changed it' }),
  changed_at: z.string(),
  strength: z.number().meta({ description: '0.7·log10(edits) + 0.3·e^(−days since the last edit ÷ 30)' }),
});
export type Entity = z.infer<typeof Entity>;

/** The entities of a commit by path, each with how strong its memory is. */
export async function entitiesAt(queryable: Queryable, head: HeadRow): Promise<Entity[]> {
  const strengths = new Map((await listStrengths(queryable, head.position)).map((row) => [row.path, row]));
  return (await indexAt(queryable, head.tree_id)).map((entry) => {
    const { edits = 1, changed_at = head.committed_at, strength = 0 } = strengths.get(entry.path) ?? {};
    return { ...entry, edits, changed_at, strength };
  });
}
