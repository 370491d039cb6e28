import type { Queryable } from '../../platform/database/database.ts';
import { HOURS_BETWEEN_DECAYS } from '../confidence.ts';
import type { SourceKind } from '../memory.ts';

/** Sets the confidence of a fact. */
export async function updateMemoryConfidence(queryable: Queryable, id: string, confidence: number): Promise<void> {
  await queryable.query({
    name: 'update_memory_confidence',
    text: `update memories set confidence = $2, updated_at = now() where tenant_id = current_tenant_id() and id = $1`,
    values: [id, confidence],
  });
}

export interface NewEvidence {
  memoryId: string;
  action: 'inserted' | 'reinforced' | 'believed' | 'refined' | 'contradicted' | 'disputed' | 'promoted' | 'merged';
  otherId?: string | undefined;
  reason?: string | undefined;
  sourceKind: SourceKind;
  sourceId?: string | undefined;
  author: string;
  confidenceBefore: number;
  confidenceAfter: number;
}

/**
 * Inserts a line of evidence: what a source did to a fact. Call it in the transaction that changes the fact. Returns
 * false when the same source did the same before.
 */
export async function insertEvidence(queryable: Queryable, line: NewEvidence): Promise<boolean> {
  const inserted = await queryable.query({
    name: 'insert_memory_evidence',
    text: `insert into memory_evidence (tenant_id, user_id, memory_id, action, other_id, reason, source_kind, source_id, author, confidence_before, confidence_after)
      select current_tenant_id(), current_user_id(), $1, $2, $3, $4, $5, $6, $7, $8, $9
      where not exists (select from memory_evidence e where e.tenant_id = current_tenant_id() and e.memory_id = $1 and e.action = $2
        and e.source_id = $6 and e.author = $7 and e.other_id is not distinct from $3)
      returning id`,
    values: [
      line.memoryId,
      line.action,
      line.otherId,
      line.reason,
      line.sourceKind,
      line.sourceId,
      line.author,
      line.confidenceBefore,
      line.confidenceAfter,
    ],
  });
  return inserted.length > 0;
}

/**
 * Lowers the confidence of untrusted facts of all tenants by their half-lives, the longest unchanged first. Returns how
 * many facts changed. Definer function `decay_memories`; the constants are in confidence.ts.
 */
export async function updateMemoriesFaded(
  system: Queryable,
  fading: { halfLifeDays: Record<string, number>; floor: number; limit: number },
): Promise<number> {
  const [row] = await system.query<{ faded: number }>({
    name: 'decay_memories',
    text: 'select decay_memories($1::jsonb, $2::real, make_interval(hours => $3), $4) as faded',
    values: [JSON.stringify(fading.halfLifeDays), fading.floor, HOURS_BETWEEN_DECAYS, fading.limit],
  });
  return row?.faded ?? 0;
}
