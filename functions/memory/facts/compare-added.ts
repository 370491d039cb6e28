import { findMemoryModel } from '../../identity/choose-model.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { log } from '../../platform/log.ts';
import { ModelError } from '../../platform/models/model.ts';
import { openModel } from '../../platform/models/open-model.ts';
import { OverBudget, type Payer } from '../../usage/meter.ts';
import type { NewMemory } from '../sql/memory-statement.ts';
import { compareFact, compareFactByModel } from './compare-facts.ts';
import type { Comparison } from './write-fact.ts';

/** The user waits for the reply, so the model has less time than in the background. */
const MOST_MILLISECONDS = 10_000;

/** The model's part of a comparison; undefined when no model took part. */
export type ModelPart = Awaited<ReturnType<typeof compareFactByModel>> | undefined;

/**
 * Lets the tenant's model compare a fact that a user adds, before the transaction that writes it. Returns undefined
 * when no model is configured, when the budget does not cover the call, and when the model fails or takes longer than
 * 10 s: rules compare then, so that the fact is never lost.
 * @throws the signal's reason when the caller has disconnected
 */
export async function askAboutAdded(
  queryable: Queryable,
  { fact, payer, signal }: { fact: NewMemory; payer: Payer; signal: AbortSignal },
): Promise<ModelPart> {
  const choice = await findMemoryModel(queryable);
  if (choice.provider === 'rehearsal') return undefined;
  try {
    const model = await openModel(choice);
    const paid = { payer, reference: fact.id, signal, timeoutMs: MOST_MILLISECONDS };
    return await compareFactByModel(queryable, fact, { model, choice, ...paid });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ModelError || error instanceof OverBudget)) throw error;
    log('warning', 'added fact compared by rules', { tenant_id: fact.tenantId, reason: error.message });
    return undefined;
  }
}

/**
 * Compares an added fact in the transaction that writes it: the model's comparisons, and by rules all facts that the
 * model was not shown, such as those written since.
 */
export async function compareAdded(queryable: Queryable, fact: NewMemory, byModel: ModelPart): Promise<Comparison[]> {
  const byRules = await compareFact(queryable, fact);
  if (byModel === undefined) return byRules;
  return [...byModel.comparisons, ...byRules.filter(({ known }) => !byModel.shown.has(known.id))];
}
