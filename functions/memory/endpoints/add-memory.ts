import { z } from 'zod';
import type { Caller } from '../../platform/database/database.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { Instant } from '../../platform/instant.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { prepareFact, writePrepared } from '../facts/add-fact.ts';
import { Category, checkScopeId, FactText, Memory, MemoryScope, resolveScope } from '../memory.ts';
import { isRunOfCurrentUser } from '../sql/memory-source.ts';

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
  const stated = {
    text: body.text,
    category: body.category,
    source: 'added by a person',
    sourceKind: 'person' as const,
    sourceId: undefined,
    validFrom: body.valid_from,
  };
  const placeOf = (entered: Caller) => resolveScope(entered, body);
  const prepared = await prepareFact(database, scoped, { stated, caller, placeOf, signal });
  return begin(async (transaction, entered = caller) => {
    const { memory, isNew } = await writePrepared(transaction, entered, prepared);
    return isNew ? { status: 201 as const, body: memory } : { status: 200 as const, body: memory };
  });
});
