import type { Caller, Database, Queryable, Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { ModelError } from '../../platform/models/model.ts';
import { buyEmbedding, payerOf } from '../../usage/embed-texts.ts';
import { OverBudget } from '../../usage/meter.ts';
import { FIRST_CONFIDENCE } from '../confidence.ts';
import { type FactScope, type Memory, type SourceKind, trustOf } from '../memory.ts';
import { lockScopes, type NewMemory } from '../sql/memory-statement.ts';
import { askAboutAdded, compareAdded, type ModelPart } from './compare-added.ts';
import { writeFact } from './write-fact.ts';

/** A fact as a user states it. */
export interface StatedFact {
  text: string;
  category: string;
  /** The source in words, and what it is. */
  source: string;
  sourceKind: SourceKind;
  sourceId: string | undefined;
  /** The worker whose words the user accepts; left out: the user. */
  author?: string;
  /** Since when the fact is true, RFC 3339. Undefined: the date after "since" or "starting" in the text, else now. */
  validFrom: string | undefined;
}

/** A fact that is embedded and compared, ready to be written. */
export interface PreparedFact {
  factOf(caller: Caller): NewMemory;
  byModel: ModelPart;
}

/**
 * Does what a fact of a user needs before the transaction that writes it: buys its vector, and lets the tenant's model
 * compare it with the nearest known facts. `placeOf` returns the scope for a caller; it may refuse.
 * @throws Problem 429 when no budget covers the vector, 502 when its provider fails; errors of `placeOf`
 */
export async function prepareFact(
  database: Database,
  queryable: Queryable,
  {
    stated,
    caller,
    placeOf,
    signal,
  }: { stated: StatedFact; caller: Caller; placeOf: (caller: Caller) => FactScope; signal: AbortSignal },
): Promise<PreparedFact> {
  const payer = payerOf(caller);
  const embedding = { texts: [stated.text], purpose: 'document' as const, signal };
  const embedded = await buyEmbedding(database, payer, embedding).catch(refuseFailedEmbedding);
  const validFrom = stated.validFrom ?? (await namedDay(stated.text));
  const id = createId('mem');
  const factOf = (entered: Caller): NewMemory => {
    const { tenantId, userId, role } = entered;
    const place = placeOf(entered);
    const trust = trustOf({ role }, place);
    return {
      author: userId,
      ...stated,
      ...place,
      id,
      tenantId,
      userId,
      trust,
      confidence: FIRST_CONFIDENCE[trust],
      embedding: embedded.vectors[0] ?? [],
      embedder: embedded.embedder,
      validFrom,
    };
  };
  const paid = { ...payer, scoped: database.as({ kind: 'tenant', ...payer }) };
  return { factOf, byModel: await askAboutAdded(queryable, { fact: factOf(caller), payer: paid, signal }) };
}

/**
 * Writes a prepared fact. The caller's rights are those of the transaction that writes, because they may have changed
 * since it was prepared. `isNew` is false when the same text was known, which reinforces it.
 */
export async function writePrepared(
  transaction: Transaction,
  caller: Caller,
  { factOf, byModel }: PreparedFact,
): Promise<{ memory: Memory; isNew: boolean }> {
  const fact = factOf(caller);
  // Locked before the comparison, so that it sees what concurrent requests of the scope wrote.
  await lockScopes(transaction, [fact]);
  const comparisons = await compareAdded(transaction, fact, byModel);
  return writeFact(transaction, { fact, comparisons, correctsOthers: caller.role === 'admin' });
}

/**
 * Returns the day since when the text says that it is true; undefined when it names none, so that the database's clock
 * decides.
 */
async function namedDay(text: string): Promise<string | undefined> {
  const { validFromOf } = await import('./dates.ts');
  const now = new Date().toISOString();
  const day = validFromOf(text, now);
  return day === now ? undefined : day;
}

function refuseFailedEmbedding(error: unknown): never {
  if (error instanceof OverBudget) {
    const retryAfterSeconds = error.isTemporary ? 5 : 600;
    throw new Problem('too-many-requests', `${error.message}. The fact was not added.`, { retryAfterSeconds });
  }
  if (!(error instanceof ModelError)) throw error;
  throw new Problem('upstream-failed', 'The embedding provider failed, so the fact was not added. Try again.', {
    cause: error,
  });
}
