import { z } from 'zod';
import { idSchema } from '../../platform/id.ts';
import { MemoryScope, SourceKind } from '../memory.ts';

/** A proposed promotion: an untrusted fact with the scope for which it is to become trusted. */
export const Proposal = z.strictObject({
  id: idSchema('prop'),
  memory_id: idSchema('mem'),
  user_id: z.string().meta({ description: 'The user whose run learned the fact' }),
  text: z.string(),
  flags: z.array(z.string()).meta({ description: '`instruction` and `invisible` call for a closer look' }),
  author: z.string(),
  source: z.string().nullable(),
  source_kind: SourceKind,
  source_id: z.string().nullable(),
  confidence: z.number(),
  scope: MemoryScope,
  scope_id: z.string(),
  wanted_scope: z.enum(['tenant', 'worker', 'user']),
  wanted_scope_id: z.string(),
  proposed_by: z.enum(['person', 'rule']),
  reason: z.string(),
  status: z.enum(['proposed', 'endorsed']),
  created_at: z.string(),
});
export type Proposal = z.infer<typeof Proposal>;
