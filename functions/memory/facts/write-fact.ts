import type { Transaction } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import type { Verdict } from '../../platform/language/compare-by-rules.ts';
import { contradict, FACT_CONFIDENCE } from '../confidence.ts';
import type { Memory } from '../memory.ts';
import { listMemoriesByIds } from '../sql/memory.ts';
import { insertEvidence, updateMemoryConfidence } from '../sql/memory-history.ts';
import { proposeRepeatedMemory } from '../sql/memory-proposal.ts';
import { insertMemory, type NewMemory } from '../sql/memory-statement.ts';

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
 * Writes a fact at its place in time, and what it does to the known facts that it concerns:
 *
 * - it repeats one in other words: the known fact's confidence rises, with this source as evidence, and no row is
 *   inserted;
 * - it refines or contradicts one: of the two, the fact that became true later holds from then on, in whatever order
 *   they are written. The other one is superseded, with less confidence when it was contradicted, and a search `as_of`
 *   its time still finds it;
 * - it contradicts one that it must not replace (`may_replace`): both hold, and the dispute is recorded as evidence.
 *
 * Nothing is deleted. A known fact that was deleted since the comparison is ignored.
 */
export async function writeFact(
  transaction: Transaction,
  { fact, comparisons, correctsOthers }: FactToWrite,
): Promise<{ memory: Memory; isNew: boolean }> {
  const repeated = comparisons.filter(({ relation }) => relation === 'repeat');
  const { memory, isNew } = await insertMemory(transaction, fact, {
    related: comparisons.map(({ known }) => known.id),
    repeated: repeated.map(({ known }) => known.id),
    recased: recasedFacts({ fact, comparisons, correctsOthers }),
    reason: repeated[0]?.reason,
    correctsOthers,
  });
  if (!isNew && memory.trust === 'untrusted') await proposeIfRepeated(transaction, memory.id);
  const others = comparisons.filter(({ known }) => known.id !== memory.id);
  if (others.length === 0) return { memory, isNew };
  const ids = [memory.id, ...others.map(({ known }) => known.id)];
  const now = new Map((await listMemoriesByIds(transaction, ids)).map((row) => [row.id, row]));
  const written = now.get(memory.id) ?? memory;
  for (const comparison of others) {
    const known = now.get(comparison.known.id);
    if (known !== undefined) await record(transaction, { fact, written, isNew, known, comparison });
  }
  return { memory: now.get(memory.id) ?? memory, isNew };
}

/** Returns the known facts of which the new one corrects the letter case, and which its author may replace. */
function recasedFacts({ fact, comparisons, correctsOthers }: FactToWrite): string[] {
  return comparisons.flatMap(({ relation, known }) => {
    const isRecased = relation === 'contradict' && known.text.toLowerCase() === fact.text.toLowerCase();
    const mayReplace = known.trust === fact.trust && (known.user_id === fact.userId || correctsOthers);
    return isRecased && mayReplace ? [known.id] : [];
  });
}

/** How many different runs must say a fact before it is proposed for promotion. */
const RUNS_THAT_AGREE = 2;

function proposeIfRepeated(transaction: Transaction, memoryId: string): Promise<boolean> {
  return proposeRepeatedMemory(transaction, createId('prop'), memoryId, RUNS_THAT_AGREE);
}

interface Outcome {
  fact: NewMemory;
  written: Memory;
  isNew: boolean;
  known: Memory;
  comparison: Comparison;
}

/** Records what the written fact and a known one did to each other. */
async function record(transaction: Transaction, { fact, written, isNew, known, comparison }: Outcome): Promise<void> {
  const { relation, reason } = comparison;
  if (known.superseded_by === written.id && comparison.known.superseded_by !== written.id)
    return supersede(transaction, { fact, older: known, newer: written, comparison });
  if (isNew && written.superseded_by === known.id)
    return supersede(transaction, { fact, older: written, newer: known, comparison });
  if (relation !== 'contradict' || !overlap(known, written)) return;
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

async function supersede(
  transaction: Transaction,
  { fact, older, newer, comparison }: { fact: NewMemory; older: Memory; newer: Memory; comparison: Comparison },
): Promise<void> {
  const isContradicted = comparison.relation === 'contradict';
  // A fact that another one had superseded before lost its confidence then.
  const isFirst = older.id !== comparison.known.id || comparison.known.superseded_by === null;
  const confidence = isContradicted && isFirst ? contradict(older.confidence, FACT_CONFIDENCE) : older.confidence;
  if (confidence !== older.confidence) await updateMemoryConfidence(transaction, older.id, confidence);
  await insertEvidence(transaction, {
    ...sourceOf(fact),
    memoryId: older.id,
    action: isContradicted ? 'contradicted' : 'refined',
    otherId: newer.id,
    reason: comparison.reason,
    confidenceBefore: older.confidence,
    confidenceAfter: confidence,
  });
}

/** Returns whether two facts are true at the same time. */
function overlap(one: Memory, other: Memory): boolean {
  const endsAfterStart = ({ valid_to: to }: Memory, { valid_from: from }: Memory) =>
    to === null || Date.parse(to) > Date.parse(from);
  return endsAfterStart(one, other) && endsAfterStart(other, one);
}

function sourceOf({ sourceKind, sourceId, author }: NewMemory) {
  return { sourceKind, sourceId, author };
}
