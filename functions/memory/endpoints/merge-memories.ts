import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { mergeFacts } from '../health/merge-facts.ts';
import { Memory } from '../memory.ts';

/**
 * Merges two of the caller's own facts of one scope. The discarded fact is superseded by the kept one, which takes over
 * its sources as evidence and its uses; nothing is deleted, and `DELETE /memory/health/merges/{merged}` takes it back.
 * Idempotent. Answers 409 for facts of different scopes, when an untrusted fact would replace a trusted one, and when
 * one of them is not true any more; 403 for another user's fact; 404 for one that the caller cannot see.
 */
export const mergeMemories = endpoint({
  name: 'memory-merge-memories',
  route: 'POST /api/v1/memory/health/merge',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Merges two facts that say the same.',
  body: z.strictObject({ keep: idSchema('mem'), discard: idSchema('mem') }),
  reply: { 200: Memory },
}).handle(async ({ body, caller, transaction }) => ({
  status: 200,
  body: await mergeFacts(transaction, { userId: caller.userId, ...body }),
}));
