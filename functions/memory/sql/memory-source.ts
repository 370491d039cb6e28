import { z } from 'zod';
import { ConsolidateEntities } from '../../entities/consolidate/consolidation-task.ts';
import { ExtractFacts } from '../../entities/extract-task.ts';
import { ProcessSession } from '../../entities/ingest/process-task.ts';
import { SyncRepository } from '../../entities/sync/sync-task.ts';
import type { Queryable } from '../../platform/database/database.ts';

/** The steps that work on memory. An erasure deletes their waiting tasks and dead letters. */
const MEMORY_STEPS = [ExtractFacts, ConsolidateEntities, ProcessSession, SyncRepository].map(({ step }) => step);

const Reverted = z.object({
  removed: z.array(z.object({ id: z.string(), text: z.string(), derived_from: z.string().nullable() })),
  restored: z.array(z.string()),
  weakened: z.array(z.string()),
});
export type Reverted = z.infer<typeof Reverted>;

/** Takes back all that a source did to facts, or only tells what that would be. For an admin of the whole tenant, else of the scope's person. Definer function. */
export async function deleteSourceFacts(queryable: Queryable, sourceId: string, applies: boolean): Promise<Reverted> {
  const [row] = await queryable.query<{ reverted: unknown }>({
    name: 'revert_memory_source',
    text: 'select revert_memory_source($1, $2) as reverted',
    values: [sourceId, applies],
  });
  return Reverted.parse(row?.reverted);
}

const Erased = z.object({
  rows: z.record(z.string(), z.number()),
  redacted: z.number(),
  blobs: z.array(z.string()),
});
export type Erased = z.infer<typeof Erased>;

/** Erases a person's memory, or all that is his; undefined for a person whom the scope's person may not erase. Definer function `erase_memory_of_person`. */
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

/** Blackens what came from a source where runs were shown it; answers how many rows held it. Definer function `redact_memory_source`. */
export async function updateShownRedacted(queryable: Queryable, sourceId: string): Promise<number> {
  const [row] = await queryable.query<{ count: number }>({
    name: 'redact_memory_source',
    text: 'select redact_memory_source($1) as count',
    values: [sourceId],
  });
  return row?.count ?? 0;
}
