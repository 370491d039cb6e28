import type { Transaction } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import type { Verdict } from '../../platform/language/compare-by-rules.ts';
import type { Memory } from '../memory.ts';
import { insertEvidence, updateMemoryConfidence, updateMemorySuperseded } from '../sql/fact-history.ts';
import { insertMemory, type NewMemory } from '../sql/memory.ts';
import { proposeRepeatedMemory } from '../sql/memory-proposal.ts';
import { contradict, FACT_BELIEF, reinforce } from './belief.ts';

/** What a new fact is to a known one, with the known one as it was when they were compared. */
export interface Comparison extends Verdict {
  known: Memory;
}

export interface FactToWrite {
  fact: NewMemory;
  comparisons: readonly Comparison[];
  /** Whether the author's word also replaces what others said in the same scope: an admin's does. */
  correctsOthers: boolean;
}

/**
 * Writes what a source says, with what follows for the facts that were known:
 *
 * - it repeats one in other words: that one becomes surer, with this source as evidence, and no second row is written;
 * - it refines or contradicts one: the newer of the two holds, by when they became true; the older is superseded, less believed where it was contradicted, and
 *   found by whoever asks `as_of` a time at which it held;
 * - it contradicts one that is not the author's to replace: both hold, and the dispute is on record.
 *
 * Nothing is deleted. An untrusted fact never moves a trusted one, whatever the comparison says. What a comparison was made with and is no longer current, is
 * left alone.
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
  const written = await insertMemory(transaction, fact);
  for (const comparison of comparisons) {
    const { known } = comparison;
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

/** Two runs that know nothing of each other say more than one that says it twice. */
const RUNS_THAT_AGREE = 2;

function proposeIfRepeated(transaction: Transaction, memoryId: string): Promise<boolean> {
  return proposeRepeatedMemory(transaction, createId('prop'), memoryId, RUNS_THAT_AGREE);
}

function isSameText(known: Memory, fact: NewMemory): boolean {
  return known.text.toLowerCase() === fact.text.toLowerCase();
}

/** A person who says in his words what a run had learned is a new fact that replaces it. */
function isAtLeast(known: Memory, fact: NewMemory): boolean {
  return known.trust === 'trusted' || fact.trust === 'untrusted';
}

async function reinforceKnown(
  transaction: Transaction,
  fact: NewMemory,
  { known, reason }: Comparison,
): Promise<Memory | undefined> {
  const mayMove = known.trust === fact.trust;
  const after = mayMove ? reinforce(known.confidence, FACT_BELIEF) : known.confidence;
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
  fresh: Memory,
  comparison: Comparison,
): Promise<void> {
  const { known, relation, reason } = comparison;
  const isLate = Date.parse(known.valid_from) > Date.parse(fresh.valid_from);
  const [older, newer] = isLate ? [fresh, known] : [known, fresh];
  const confidence = relation === 'contradict' ? contradict(older.confidence, FACT_BELIEF) : older.confidence;
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
  fresh: Memory,
  { known, relation, reason }: Comparison,
): Promise<void> {
  if (relation !== 'contradict') return;
  await insertEvidence(transaction, {
    ...sourceOf(fact),
    memoryId: known.id,
    action: 'disputed',
    otherId: fresh.id,
    reason,
    confidenceBefore: known.confidence,
    confidenceAfter: known.confidence,
  });
}

function sourceOf({ sourceKind, sourceId, author }: NewMemory) {
  return { sourceKind, sourceId, author };
}
