import { z } from 'zod';
import { Category } from '../memory/memory.ts';
import { idSchema } from '../platform/id.ts';

/**
 * A statement (id `know_…`) is what an agent says in the village. An agent (`villager_…`) is a named voice of a user.
 *
 * The realm says who hears it. `private`: the user of the agent; of the user's agents only the agent itself. `village`:
 * the whole tenant. `bridge`: the users of its two sides; of their agents only the sides themselves.
 */

export const Realm = z.enum(['private', 'village', 'bridge']);
export type Realm = z.infer<typeof Realm>;

export const StatementId = idSchema('know');
export const VillagerId = idSchema('villager');
export const ThreadId = idSchema('thread');

/** Where a statement comes from. An agent or a council refers only to statements that the agent itself hears. */
export const StatementSource = z.enum(['person', 'agent', 'council', 'import']);
export type StatementSource = z.infer<typeof StatementSource>;

export const Content = z.string().trim().min(1).max(4000);

/** Without control and invisible characters, because a name with a mark of direction reads like another one. */
export const AgentName = z
  .string()
  .trim()
  .normalize('NFC')
  .min(1)
  .max(100)
  .refine((name) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(name), 'must be without control and invisible characters');

export const Tags = z.array(z.string().trim().min(1).max(60)).max(20);

const NamedAgent = z.strictObject({ id: VillagerId, name: z.string() });

/** An agent among others: two users may have agents of one name. */
export const OwnedAgent = NamedAgent.extend({
  is_own: z.boolean().meta({ description: 'Whether the agent is one of yours' }),
  owner: z.string().meta({ description: 'The display name of the user whose agent it is' }),
});

/** A statement as readers get it. Ids of statements and agents that the reader does not see are left out. */
export const Statement = z.strictObject({
  id: StatementId,
  content: z.string(),
  realm: Realm,
  category: Category,
  agent: NamedAgent.extend({ is_own: z.boolean().meta({ description: 'Whether the agent is one of yours' }) }),
  sides: z.array(NamedAgent).nullable().meta({ description: 'The two agents of a bridge' }),
  thread_id: ThreadId.nullable(),
  responding_to: z.array(StatementId),
  related_agents: z.array(VillagerId),
  tags: z.array(z.string()),
  source: z.strictObject({ kind: StatementSource, run_id: z.string().nullable() }),
  created_at: z.string(),
  access_count: z.int().meta({ description: 'How often a search has shown it' }),
  last_accessed_at: z.string().nullable(),
  merged_into: StatementId.nullable().meta({
    description: 'The statement of the same agent that stands for it; searches and lists leave this one out',
  }),
});
export type Statement = z.infer<typeof Statement>;

/** A statement that a search found: each signal as measured and relative to the best of the same search. */
export const FoundStatement = Statement.extend({
  score: z.number().min(0).max(1).optional(),
  why: z
    .strictObject({
      text_score: z.number(),
      vector_score: z.number(),
      bm25: z.number(),
      similarity: z.number().nullable().meta({ description: 'Cosine; null before the statement is embedded' }),
    })
    .optional(),
});
export type FoundStatement = z.infer<typeof FoundStatement>;

export const VillageAgent = OwnedAgent.extend({
  statements: z.int().meta({ description: 'The statements of the agent that you see' }),
  last_at: z.string().nullable(),
});
export type VillageAgent = z.infer<typeof VillageAgent>;

/** A thread as a reader sees it: the statements in it that they see, and who said them. */
export const Thread = z.strictObject({
  id: ThreadId,
  title: z.string(),
  agents: z.array(NamedAgent),
  statements: z.int(),
  first_at: z.string(),
  last_at: z.string(),
});
export type Thread = z.infer<typeof Thread>;
