import type { Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { FACT_CONFIDENCE, reinforce } from '../confidence.ts';
import { type Memory, SourceKind } from '../memory.ts';
import { listMemoriesByIds } from '../sql/memory.ts';
import { type EvidenceRow, listEvidence } from '../sql/memory-blame.ts';
import { updateMemoryMerged } from '../sql/memory-health.ts';
import { insertEvidence, updateMemoryConfidence } from '../sql/memory-history.ts';
import { lockScopes } from '../sql/memory-statement.ts';
import { findOwnFact } from './find-own-fact.ts';

/** The most sources that a merge takes over. */
const MOST_SOURCES = 200;
const SAYS = ['inserted', 'reinforced', 'believed', 'promoted', 'merged'];

/**
 * Merges one of the user's facts into another one of the same scope: the discarded fact is superseded by the kept one,
 * as by a promotion, and a search `as_of` an earlier time still finds it. Each of its sources becomes a line of
 * evidence of the kept fact, and one that is new there raises the confidence; reverting that source takes it back.
 * Uses are counted together while they are merged. `undo_memory_merge` takes all of it back.
 * @throws Problem 404, 403 for another user's fact, 409 when the two must not be merged
 */
export async function mergeFacts(
  transaction: Transaction,
  { userId, keep: keepId, discard: discardId }: { userId: string; keep: string; discard: string },
): Promise<Memory> {
  const find = (id: string) => findOwnFact(transaction, userId, id);
  // Locked before the facts are read again, so that it sees what concurrent requests of the scope wrote.
  const places = [await find(keepId), await find(discardId)];
  await lockScopes(
    transaction,
    places.map(({ scope, scope_id: scopeId }) => ({ scope, scopeId })),
  );
  const [keep, discard] = [await find(keepId), await find(discardId)];
  // Idempotent: the kept fact has replaced the other one before.
  if (discard.superseded_by === keep.id) return keep;
  refuseUnfit(keep, discard);
  if (!(await updateMemoryMerged(transaction, discard.id, keep.id)))
    throw new Problem('conflict', 'One of the facts is not true any more: a newer fact replaced it.');
  await takeOverSources(transaction, keep, discard);
  const [merged = keep] = await listMemoriesByIds(transaction, [keep.id]);
  return merged;
}

function refuseUnfit(keep: Memory, discard: Memory): void {
  if (keep.id === discard.id) throw new Problem('conflict', 'A fact cannot be merged into itself.');
  if (keep.scope !== discard.scope || keep.scope_id !== discard.scope_id)
    throw new Problem('conflict', 'The facts are for different scopes. Only facts of one scope can be merged.');
  if (keep.trust === 'untrusted' && discard.trust === 'trusted')
    throw new Problem('conflict', 'An untrusted fact cannot replace a trusted one. Keep the trusted fact.');
}

/** Untrusted sources do not change a trusted fact: their lines add nothing to its confidence. */
async function takeOverSources(transaction: Transaction, keep: Memory, discard: Memory): Promise<void> {
  const known = new Set(sourcesOf(await listEvidence(transaction, keep.id, MOST_SOURCES)).keys());
  const brought = sourcesOf(await listEvidence(transaction, discard.id, MOST_SOURCES));
  let confidence = keep.confidence;
  for (const [key, { source_kind: sourceKind, source_id: sourceId, author }] of brought) {
    const isNews = !known.has(key) && keep.trust === discard.trust;
    const after = isNews ? reinforce(confidence, FACT_CONFIDENCE) : confidence;
    await insertEvidence(transaction, {
      memoryId: keep.id,
      action: 'merged',
      otherId: discard.id,
      reason: 'Merged by hand: both say the same.',
      sourceKind: SourceKind.parse(sourceKind),
      sourceId: sourceId ?? undefined,
      author,
      confidenceBefore: confidence,
      confidenceAfter: after,
    });
    confidence = after;
  }
  await updateMemoryConfidence(transaction, keep.id, confidence);
}

/** Returns one line for each source that says the fact, by source and author. */
function sourcesOf(lines: readonly EvidenceRow[]): Map<string, EvidenceRow> {
  const saying = lines.filter(({ action }) => SAYS.includes(action));
  return new Map(saying.map((line) => [JSON.stringify([line.source_id, line.author]), line]));
}
