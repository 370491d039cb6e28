import { z } from 'zod';

/** The receipt of an erasure in entity memory. Nothing in it says what was erased. */
export const ErasedEntities = z.strictObject({
  history_rewritten: z.boolean(),
  commits_rewritten: z.int().meta({ description: 'Commits that were made anew, from the first of the source on' }),
  withdrawn: z.int().meta({ description: 'Changes of later commits that were derived from the source' }),
  restaged: z.int().meta({ description: 'Later sessions whose staged changes are proposed anew' }),
  linked_repository: z.string().nullable().meta({
    description: 'The repository elsewhere that the memory was linked to until now, where the old history still is',
  }),
  rows: z.record(z.string(), z.int()),
});
export type ErasedEntities = z.infer<typeof ErasedEntities>;

/** The receipts of several repositories as one. */
export function sumOfErased(erased: readonly ErasedEntities[]): ErasedEntities {
  const total: ErasedEntities = {
    history_rewritten: erased.some((each) => each.history_rewritten),
    commits_rewritten: 0,
    withdrawn: 0,
    restaged: 0,
    linked_repository: erased.find((each) => each.linked_repository !== null)?.linked_repository ?? null,
    rows: {},
  };
  for (const each of erased) {
    total.commits_rewritten += each.commits_rewritten;
    total.withdrawn += each.withdrawn;
    total.restaged += each.restaged;
    total.rows = addRows(total.rows, each.rows);
  }
  return total;
}

/** Counts of rows by table, added up. */
export function addRows(one: Record<string, number>, other: Record<string, number>): Record<string, number> {
  const sum = { ...one };
  for (const [table, count] of Object.entries(other)) sum[table] = (sum[table] ?? 0) + count;
  return sum;
}
