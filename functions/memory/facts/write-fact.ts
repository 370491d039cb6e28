import type { Transaction } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import type { Verdict } from '../../platform/language/compare-by-rules.ts';
import { contradict, FACT_CONFIDENCE, reinforce } from '../confidence.ts';
import type { Memory } from '../memory.ts';
import { insertMemory, type NewMemory } from '../sql/memory.ts';
import {
  insertEvidence,
  replaceRecased,
  updateMemoryConfidence,
  updateMemorySuperseded,
} from '../sql/memory-history.ts';
import { proposeRepeatedMemory } from '../sql/memory-proposal.ts';

/** How a new fact relates to a known one, with the known fact as it was when they were compared. */
export interface Comparison extends Verdict {
  known: Memory;
}

export interface FactToWrite {
  fact: NewMemory;
  comparisons: readonly Comparison[];
  /** Whether the fact also replaces what other users said in the same scope, which only an admin's fact does. */
  correctsOthers: boolean;
}

/**
 * Writes a fact and updates the known facts that it concerns:
 *
 * - it repeats one in other words: the known fact's confidence rises, with this source as evidence, and no row is
 *   inserted;
 * - it refines or contradicts one: of the two, the one that became true later holds. The other is superseded, with less
 *   confidence when it was contradicted, and a search `as_of` its time still finds it;
 * - it contradicts one that the author must not replace: both hold, and the dispute is recorded as evidence.
 *
 * Nothing is deleted. An untrusted fact never changes a trusted one. A known fact that was superseded since the
 * comparison is left alone.
 */
export async function writeFact(
  transaction: Transaction,
  { fact, comparisons, correctsOthers }: FactToWrite,
): Promise<{ memory: Memory; isNew: boolean }> {
  const repeated = comparisons.find(
    ({ relation, known }) => relation === 'repeat' && isAtLeast(known, fact) && !isSameText(known, fact),
  );
  if (repeated !== undefined) {
    const memory = await reinforceKnown(transaction, fact, repeated);
    if (memory !== undefined) return { memory, isNew: false };
  }
  const recased = await replaceRecasedFact(transaction, { fact, comparisons, correctsOthers });
  const written = await insertMemory(transaction, fact);
  for (const comparison of comparisons) {
    const { known } = comparison;
    if (comparison === recased) continue;
    if (known.id === written.memory.id || (comparison.relation === 'repeat' && isAtLeast(known, fact))) continue;
    if (known.trust === 'trusted' && written.memory.trust === 'untrusted')
      await dispute(transaction, fact, written.memory, comparison);
    else if (known.user_id !== fact.userId && !correctsOthers)
      await dispute(transaction, fact, written.memory, comparison);
    else await replace(transaction, fact, written.memory, comparison);
  }
  if (!written.isNew && written.memory.trust === 'untrusted') await proposeIfRepeated(transaction, written.memory.id);
  return written;
}

/**
 * Supersedes the known fact of which the new one corrects the letter case, before the new one is written. Returns its
 * comparison; undefined when there is none, or none that the author may replace.
 */
async function replaceRecasedFact(
  transaction: Transaction,
  { fact, comparisons, correctsOthers }: FactToWrite,
): Promise<Comparison | undefined> {
  const recased = comparisons.find(
    ({ relation, known }) =>
      relation === 'contradict' &&
      isSameText(known, fact) &&
      known.trust === fact.trust &&
      (known.user_id === fact.userId || correctsOthers) &&
      Date.parse(known.valid_from) <= Date.parse(fact.validFrom ?? new Date().toISOString()),
  );
  // With another row of the same letters, of a run, the new fact would be merged into that row.
  const isOnly = comparisons.filter(({ known }) => isSameText(known, fact)).length === 1;
  if (recased === undefined || !isOnly) return undefined;
  const { known, reason } = recased;
  const after = contradict(known.confidence, FACT_CONFIDENCE);
  if (!(await replaceRecased(transaction, fact, { id: known.id, confidence: after }))) return undefined;
  await insertEvidence(transaction, {
    ...sourceOf(fact),
    memoryId: known.id,
    action: 'contradicted',
    otherId: fact.id,
    reason,
    confidenceBefore: known.confidence,
    confidenceAfter: after,
  });
  return recased;
}

/** How many different runs must say a fact before it is proposed for promotion. */
const RUNS_THAT_AGREE = 2;

function proposeIfRepeated(transaction: Transaction, memoryId: string): Promise<boolean> {
  return proposeRepeatedMemory(transaction, createId('prop'), memoryId, RUNS_THAT_AGREE);
}

function isSameText(known: Memory, fact: NewMemory): boolean {
  return known.text.toLowerCase() === fact.text.toLowerCase();
}

/**
 * Returns whether the known fact is at least as trusted. When a user says in other words what a run had learned, the
 * user's fact is a new one that replaces it.
 */
function isAtLeast(known: Memory, fact: NewMemory): boolean {
  return known.trust === 'trusted' || fact.trust === 'untrusted';
}

async function reinforceKnown(
  transaction: Transaction,
  fact: NewMemory,
  { known, reason }: Comparison,
): Promise<Memory | undefined> {
  const mayMove = known.trust === fact.trust;
  const after = mayMove ? reinforce(known.confidence, FACT_CONFIDENCE) : known.confidence;
  const isNews = await insertEvidence(transaction, {
    ...sourceOf(fact),
    memoryId: known.id,
    action: 'reinforced',
    reason,
    confidenceBefore: known.confidence,
    confidenceAfter: after,
  });
  const confidence = isNews ? after : known.confidence;
  if (!(await updateMemoryConfidence(transaction, known.id, confidence))) return undefined;
  if (known.trust === 'untrusted') await proposeIfRepeated(transaction, known.id);
  return { ...known, confidence };
}

async function replace(
  transaction: Transaction,
  fact: NewMemory,
  written: Memory,
  comparison: Comparison,
): Promise<void> {
  const { known, relation, reason } = comparison;
  const isLate = Date.parse(known.valid_from) > Date.parse(written.valid_from);
  const [older, newer] = isLate ? [written, known] : [known, written];
  const confidence = relation === 'contradict' ? contradict(older.confidence, FACT_CONFIDENCE) : older.confidence;
  const isReplaced = await updateMemorySuperseded(transaction, {
    id: older.id,
    byId: newer.id,
    validTo: newer.valid_from,
    confidence,
  });
  if (!isReplaced) return;
  await insertEvidence(transaction, {
    ...sourceOf(fact),
    memoryId: older.id,
    action: relation === 'contradict' ? 'contradicted' : 'refined',
    otherId: newer.id,
    reason,
    confidenceBefore: older.confidence,
    confidenceAfter: confidence,
  });
}

async function dispute(
  transaction: Transaction,
  fact: NewMemory,
  written: Memory,
  { known, relation, reason }: Comparison,
): Promise<void> {
  if (relation !== 'contradict') return;
  await insertEvidence(transaction, {
    ...sourceOf(fact),
    memoryId: known.id,
    action: 'disputed',
    otherId: written.id,
    reason,
    confidenceBefore: known.confidence,
    confidenceAfter: known.confidence,
  });
}

function sourceOf({ sourceKind, sourceId, author }: NewMemory) {
  return { sourceKind, sourceId, author };
}
