import type { Transaction } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import { FIRST_CONFIDENCE } from '../confidence.ts';
import { lockScopes, type NewMemory } from '../sql/memory-statement.ts';
import { compareFact } from './compare-facts.ts';
import { writeFact } from './write-fact.ts';

/** A fact about the user that another system remembered, with its vector of this system's embedder. */
export interface ImportedFact {
  text: string;
  category: string;
  validFrom: string;
  embedding: number[];
  embedder: string;
}

/**
 * Writes a fact for the user alone, compared with known facts by rules. The import is its source, so that all facts of
 * an import can be taken back together. Returns the id of the fact; a known one is reinforced.
 */
export async function importFact(
  transaction: Transaction,
  owner: { tenantId: string; userId: string },
  fact: ImportedFact,
  importId: string,
): Promise<string> {
  const stated: NewMemory = {
    ...owner,
    ...fact,
    id: createId('mem'),
    scope: 'user',
    scopeId: owner.userId,
    source: 'imported by a person',
    sourceKind: 'import',
    sourceId: importId,
    author: owner.userId,
    trust: 'trusted',
    confidence: FIRST_CONFIDENCE.trusted,
  };
  await lockScopes(transaction, [stated]);
  const comparisons = await compareFact(transaction, stated);
  const { memory } = await writeFact(transaction, { fact: stated, comparisons, correctsOthers: false });
  return memory.id;
}
