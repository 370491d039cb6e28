import { z } from 'zod';
import { ConsolidateEntities, ExtractFacts, ProposeChanges, SyncRepository } from '../../entities/tasks.ts';
import type { Queryable } from '../../platform/database/database.ts';

/** The steps that work on memory. An erasure deletes their waiting tasks and dead letters. */
export const MEMORY_STEPS = [ExtractFacts, ConsolidateEntities, ProposeChanges, SyncRepository].map(({ step }) => step);
/**
 * Records which facts were in the context of a run of the current user, each once, with the first time. The lock (`for
 * key share`) waits for a concurrent erasure of a fact and then skips it; without the lock the foreign key would fail,
 * and the turn of the run with it.
 */
export async function insertMemoryUses(queryable: Queryable, runId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await queryable.query({
    name: 'insert_memory_uses',
    text: `insert into memory_uses (tenant_id, user_id, run_id, memory_id)
      select current_tenant_id(), current_user_id(), $1, m.id from memories m where m.id = any ($2) for key share
      on conflict (tenant_id, run_id, memory_id) do nothing`,
    values: [runId, ids],
  });
}

/** Returns whether the run is the current user's. */
export async function isRunOfCurrentUser(queryable: Queryable, runId: string): Promise<boolean> {
  const rows = await queryable.query({
    name: 'find_run_of_current_user',
    text: 'select id from sessions where id = $1 and tenant_id = current_tenant_id() and user_id = current_user_id()',
    values: [runId],
  });
  return rows.length > 0;
}

const Reverted = z.object({
  removed: z.array(z.object({ id: z.string(), text: z.string(), derived_from: z.string().nullable() })),
  restored: z.array(z.string()),
  weakened: z.array(z.string()),
});
type Reverted = z.infer<typeof Reverted>;

/**
 * Undoes everything that a source did to facts, or with `applies: false` only returns what would change. Covers the
 * whole tenant for an admin, otherwise the current user's facts. Definer function `revert_memory_source`.
 */
export async function deleteSourceFacts(queryable: Queryable, sourceId: string, applies: boolean): Promise<Reverted> {
  const [row] = await queryable.query<{ reverted: unknown }>({
    name: 'revert_memory_source',
    text: 'select revert_memory_source($1, $2) as reverted',
    values: [sourceId, applies],
  });
  return Reverted.parse(row?.reverted);
}

export const Erased = z.object({
  rows: z.record(z.string(), z.number()),
  redacted: z.number(),
  blobs: z.array(z.string()),
});
export type Erased = z.infer<typeof Erased>;

/**
 * Erases a user's memory, with `everything` all of the user's data. Returns undefined for a user whom the current user
 * must not erase. Definer function `erase_memory_of_person`.
 */
export async function deletePersonMemory(
  queryable: Queryable,
  userId: string,
  everything: boolean,
): Promise<Erased | undefined> {
  const [row] = await queryable.query<{ erased: unknown }>({
    name: 'erase_memory_of_person',
    text: 'select erase_memory_of_person($1, $2, $3) as erased',
    values: [userId, everything, MEMORY_STEPS],
  });
  return row?.erased == null ? undefined : Erased.parse(row.erased);
}

/** Erases a source with its archive and everything that was derived from it. Definer function `erase_memory_source`. */
export async function deleteSourceMemory(queryable: Queryable, sourceId: string): Promise<Erased> {
  const [row] = await queryable.query<{ erased: unknown }>({
    name: 'erase_memory_source',
    text: 'select erase_memory_source($1, $2) as erased',
    values: [sourceId, MEMORY_STEPS],
  });
  return Erased.parse(row?.erased);
}

/**
 * Redacts the text of a source in the prompts and answers of runs that were shown it. Returns the number of changed
 * rows. Definer function `redact_memory_source`.
 */
export async function updateShownRedacted(queryable: Queryable, sourceId: string): Promise<number> {
  const [row] = await queryable.query<{ count: number }>({
    name: 'redact_memory_source',
    text: 'select redact_memory_source($1) as count',
    values: [sourceId],
  });
  return row?.count ?? 0;
}
