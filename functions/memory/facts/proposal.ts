import { z } from 'zod';
import { idSchema } from '../../platform/id.ts';
import { MemoryScope, SourceKind } from '../memory.ts';

/** A promotion that somebody may decide: an untrusted fact, whose word it is, and for whom it shall hold. */
export const Proposal = z.strictObject({
  id: idSchema('prop'),
  memory_id: idSchema('mem'),
  user_id: z.string().meta({ description: 'Whose run learned the fact' }),
  text: z.string(),
  flags: z.array(z.string()).meta({ description: 'Look twice at `instruction` and `invisible`' }),
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
