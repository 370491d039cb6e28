import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { confirmFact } from '../health/confirm-fact.ts';
import { Memory } from '../memory.ts';

/**
 * Confirms one of the caller's own facts that are true now: it is reinforced, as by stating it again, and is no longer
 * stale. Its text is not compared again and nothing else changes. Answers 409 for a fact that is not true now, 403 for
 * another user's fact, 404 for one that the caller cannot see.
 */
export const confirmMemory = endpoint({
  name: 'memory-confirm-memory',
  route: 'POST /api/v1/memory/health/confirm',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Confirms that a fact is still true.',
  body: z.strictObject({ id: idSchema('mem') }),
  reply: { 200: Memory },
}).handle(async ({ body, caller, transaction }) => ({
  status: 200,
  body: await confirmFact(transaction, { userId: caller.userId, ...body }),
}));
