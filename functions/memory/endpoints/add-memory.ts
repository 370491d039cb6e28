import { z } from 'zod';
import type { Caller } from '../../platform/database/database.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { Instant } from '../../platform/instant.ts';
import { ModelError } from '../../platform/models/model.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { buyEmbedding, payerOf } from '../../usage/embed-texts.ts';
import { OverBudget } from '../../usage/meter.ts';
import { FIRST_CONFIDENCE } from '../confidence.ts';
import { askAboutAdded, compareAdded } from '../facts/compare-added.ts';
import { writeFact } from '../facts/write-fact.ts';
import {
  Category,
  checkScopeId,
  type FactScope,
  FactText,
  Memory,
  MemoryScope,
  resolveScope,
  trustOf,
} from '../memory.ts';
import { isRunOfCurrentUser } from '../sql/memory-source.ts';
import { lockScopes, type NewMemory } from '../sql/memory-statement.ts';

/**
 * Adds a fact that the user knows. The fact is for the user alone unless the body names another scope, and trusted from
 * the start, except a member's fact for a worker: an admin decides about it as about what runs learned. Answers 201
 * with a new fact, or 200 with the existing one when the same text is in the scope already, which reinforces it. A
 * known fact that the new one refines or contradicts is superseded from `valid_from` on; a search or list `as_of` an
 * earlier time still returns it. The tenant's model compares the fact with the nearest known ones; without a model,
 * without budget, or when the model takes longer than 10 s, rules compare it. Answers 403 when somebody else than an
 * admin adds a fact for the whole tenant, 404 for a run that is not the caller's.
 */
export const addMemory = endpoint({
  name: 'memory-add-memory',
  route: 'POST /api/v1/memory',
  access: 'memory:write',
  onBehalfOf: 'new',
  summary: 'Adds a fact, or reinforces the same one.',
  body: z
    .strictObject({
      text: FactText,
      category: Category.default('general'),
      scope: MemoryScope.default('user'),
      scope_id: z.string().trim().min(1).max(200).optional(),
      valid_from: Instant.optional().meta({
        description:
          'Since when the fact is true; a later time is a plan. Left out: the date after "since" or "starting" in the text, otherwise now',
      }),
    })
    .superRefine(checkScopeId),
  reply: { 201: Memory, 200: Memory },
  deployment: { secrets: MODEL_KEYS },
}).serve(async ({ body, database, identity, signal }) => {
  const { caller, transaction: begin, ...scoped } = await enter(database, identity, 'memory:write');
  const { scope, scopeId } = resolveScope(caller, body);
  if (scope === 'sprint' && !(await isRunOfCurrentUser(scoped, scopeId)))
    throw new Problem('not-found', `You have no run ${scopeId}.`);
  const embedding = { texts: [body.text], purpose: 'document' as const, signal };
  const embedded = await buyEmbedding(database, payerOf(caller), embedding).catch(refuseFailedEmbedding);
  const validFrom = body.valid_from ?? (await namedDay(body.text));
  const id = createId('mem');
  const factOf = ({ tenantId, userId, role }: Caller, place: FactScope): NewMemory => ({
    id,
    tenantId,
    userId,
    text: body.text,
    category: body.category,
    ...place,
    source: 'added by a person',
    sourceKind: 'person',
    sourceId: undefined,
    author: userId,
    trust: trustOf({ role }, place),
    confidence: FIRST_CONFIDENCE[trustOf({ role }, place)],
    embedding: embedded.vectors[0] ?? [],
    embedder: embedded.embedder,
    validFrom,
  });
  const payer = payerOf(caller);
  const byModel = await askAboutAdded(scoped, {
    fact: factOf(caller, resolveScope(caller, body)),
    payer: { ...payer, scoped: database.as({ kind: 'tenant', ...payer }) },
    signal,
  });
  return begin(async (transaction, entered = caller) => {
    // The caller's rights are read again in the transaction that writes, because they may have changed meanwhile.
    const fact = factOf(entered, resolveScope(entered, body));
    // Locked before the comparison, so that it sees what concurrent requests of the scope wrote.
    await lockScopes(transaction, [fact]);
    const comparisons = await compareAdded(transaction, fact, byModel);
    const correctsOthers = entered.role === 'admin';
    const { memory, isNew } = await writeFact(transaction, { fact, comparisons, correctsOthers });
    return isNew ? { status: 201 as const, body: memory } : { status: 200 as const, body: memory };
  });
});

/**
 * Returns the day since when the text says that it is true; undefined when it names none, so that the database's clock
 * decides.
 */
async function namedDay(text: string): Promise<string | undefined> {
  const { validFromOf } = await import('../facts/dates.ts');
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
