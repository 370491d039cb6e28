import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { withIdempotency } from '../../platform/http/idempotency.ts';
import { headerOf } from '../../platform/http/request-head.ts';
import { createId } from '../../platform/id.ts';
import { ModelError } from '../../platform/models/model.ts';
import { EMBEDDER_KEYS } from '../../platform/models/model-keys.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { buyEmbedding } from '../../usage/embed-texts.ts';
import { OverBudget } from '../../usage/meter.ts';
import { compareFact } from '../facts/compare-facts.ts';
import { validFromOf } from '../facts/dates.ts';
import { writeFact } from '../facts/write-fact.ts';
import {
  Category,
  checkScopeId,
  FactText,
  FIRST_CONFIDENCE,
  Memory,
  MemoryScope,
  type Place,
  placeByHand,
} from '../memory.ts';
import type { NewMemory } from '../sql/memory.ts';

const route = 'POST /api/v1/memory';

/**
 * Adds a fact that a person knows: trusted from the start, for oneself unless another scope is named. 201 with the new fact; 200 with the one that was
 * there when it is said again in the same scope, which reinforces it. What was known and is refined or contradicted by it is superseded from `valid_from` on, and found by
 * whoever asks `as_of` an earlier time. Facts for the whole tenant are an admin's to add: else 403.
 */
export const addMemory = endpoint({
  name: 'memory-add-memory',
  route,
  access: 'memory:write',
  summary: 'Adds a fact, or reinforces the same one.',
  body: z
    .strictObject({
      text: FactText,
      category: Category.default('general'),
      scope: MemoryScope.default('user'),
      scope_id: z.string().trim().min(1).max(200).optional(),
      valid_from: z.iso
        .datetime({ offset: true })
        .optional()
        .meta({ description: 'When it became true; what the text says with "since", else now, if left out' }),
    })
    .superRefine(checkScopeId),
  reply: { 201: Memory, 200: Memory },
  deployment: { secrets: EMBEDDER_KEYS },
  idempotent: true,
}).serve(async ({ body, database, identity, request, signal }) => {
  const { caller, transaction: begin } = await enter(database, identity, 'memory:write');
  placeByHand(caller, body);
  const question = { texts: [body.text], purpose: 'document' as const, signal };
  const embedded = await buyEmbedding(database, caller, question).catch(refuseFailedEmbedding);
  const factAt = (place: Place): NewMemory => ({
    id: createId('mem'),
    tenantId: caller.tenantId,
    userId: caller.userId,
    text: body.text,
    category: body.category,
    ...place,
    source: 'added by a person',
    sourceKind: 'person',
    sourceId: undefined,
    author: caller.userId,
    trust: 'trusted',
    confidence: FIRST_CONFIDENCE.trusted,
    embedding: embedded.vectors[0] ?? [],
    embedder: embedded.embedder,
    validFrom: body.valid_from ?? namedDay(body.text),
  });
  return begin(async (transaction, entered) => {
    // The rights of the transaction that writes are the ones that count.
    const fact = factAt(placeByHand(entered ?? caller, body));
    const attempt = { caller, route, key: headerOf(request, 'idempotency-key'), body };
    return withIdempotency(attempt, transaction, async () => {
      const comparisons = await compareFact(transaction, fact);
      const correctsOthers = (entered ?? caller).role === 'admin';
      const { memory, isNew } = await writeFact(transaction, { fact, comparisons, correctsOthers });
      return isNew ? { status: 201 as const, body: memory } : { status: 200 as const, body: memory };
    });
  });
});

/** The day since when it is true by its own words; the database's clock says when it was said. */
function namedDay(text: string): string | undefined {
  const now = new Date().toISOString();
  const day = validFromOf(text, now);
  return day === now ? undefined : day;
}

function refuseFailedEmbedding(error: unknown): never {
  if (error instanceof OverBudget) {
    throw new Problem('too-many-requests', `${error.message}; the fact was not added.`, { retryAfterSeconds: 600 });
  }
  if (!(error instanceof ModelError)) throw error;
  throw new Problem('upstream-failed', 'The provider of embeddings failed; the fact was not added. Try again.', {
    cause: error,
  });
}
