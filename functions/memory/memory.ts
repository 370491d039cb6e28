import { z } from 'zod';
import { Trust } from '../entities/search/hit.ts';
import type { Caller } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { idSchema } from '../platform/id.ts';

/**
 * A memory is one fact: a sentence with a scope, a source and a trust.
 *
 * Scope says whom it is for: `tenant` everybody, `sprint` one run (scope_id is its id), `worker` every run of the worker of that name, `user` one person.
 *
 * Trust says who said it. What a person said, by POST or in the task of a run, is trusted. What came out of a run (reports, tool output, what a
 * worker chose to remember) is untrusted: only the person whose run it was finds it, until it is promoted. The source decides, never the text.
 */

export const MemoryScope = z.enum(['tenant', 'sprint', 'worker', 'user']);
export type MemoryScope = z.infer<typeof MemoryScope>;

export const SourceKind = z.enum(['person', 'run', 'tool', 'document', 'web', 'import']);
export type SourceKind = z.infer<typeof SourceKind>;

/** The longest fact; more is a document. */
export const LONGEST_FACT = 4000;
/** The longest question that is searched for; a task as a question is cut to this. */
export const LONGEST_QUERY = 2000;

export const FactText = z.string().trim().min(1).max(LONGEST_FACT);
export const Category = z.string().trim().min(1).max(60);

/** A fact as it is stored and answered; only its vector and lexemes stay inside. */
export const Memory = z.strictObject({
  id: idSchema('mem'),
  tenant_id: z.string(),
  /** Who added it, or whose run learned it. */
  user_id: z.string(),
  text: z.string(),
  category: z.string(),
  scope: MemoryScope,
  scope_id: z.string(),
  source: z.string().nullable().meta({ description: 'Where it comes from, in words' }),
  source_kind: SourceKind,
  source_id: z.string().nullable().meta({ description: 'The run, document or import that it comes from' }),
  author: z.string().meta({ description: 'The person’s id or the worker’s name' }),
  trust: Trust,
  flags: z.array(z.string()).meta({
    description: '`instruction`: it reads like an order to a machine; `invisible`: it holds signs that nobody sees',
  }),
  embedder: z.string(),
  confidence: z.number().min(0).max(1),
  valid_from: z.string(),
  valid_to: z.string().nullable(),
  recorded_at: z.string(),
  superseded_by: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  metadata: z.record(z.string(), z.unknown()),
});
export type Memory = z.infer<typeof Memory>;

/** Why a search found it: each signal as measured and as scaled to the best of this search. */
export const SearchReason = z.strictObject({
  text_score: z.number().meta({ description: '0 to 1: bm25 divided by the best of this search' }),
  vector_score: z
    .number()
    .meta({ description: '0 to 1: nearness above the floor, divided by the best of this search' }),
  bm25: z.number(),
  similarity: z.number().nullable().meta({ description: 'Cosine; null where another embedder made the vector' }),
  coverage: z.number().meta({ description: '0 to 1: how much of what the question tells by its words is in it' }),
});

export const RecalledMemory = Memory.extend({ score: z.number().min(0).max(1), why: SearchReason });
export type RecalledMemory = z.infer<typeof RecalledMemory>;

/** Where a fact goes. */
export interface Place {
  scope: MemoryScope;
  scopeId: string;
}

/** A scope that a person names: `sprint` and `worker` need the id of one, `tenant` is the caller's own. */
interface WantedPlace {
  scope: MemoryScope;
  scope_id?: string | undefined;
}

/** Adds an issue when the scope and its id do not fit. */
export function checkScopeId({ scope, scope_id: scopeId }: WantedPlace, context: z.RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['scope_id'], message });
  if (scope === 'tenant' && scopeId !== undefined) refuse('a fact of scope tenant has none');
  if (scope === 'worker' && scopeId === undefined) refuse('a fact of scope worker needs the name of the worker');
  if (scope === 'sprint' && !idSchema('run').safeParse(scopeId).success)
    refuse('a fact of scope sprint needs a run_… id');
}

/**
 * The place of a fact that a person adds by hand. Everybody writes for himself, for a sprint or for a worker; only an admin for the whole
 * tenant, because everybody's workers will believe it.
 * @throws Problem 403
 */
export function placeByHand(caller: Caller, wanted: WantedPlace): Place {
  const { scope, scope_id: scopeId } = wanted;
  if (scope === 'user') {
    if (scopeId !== undefined && scopeId !== caller.userId) {
      throw new Problem('forbidden', 'You can add facts of scope user to your own memory only.');
    }
    return { scope, scopeId: caller.userId };
  }
  if (scope === 'tenant') {
    if (caller.role !== 'admin') throw new Problem('forbidden', 'Only an admin can add facts for the whole tenant.');
    return { scope, scopeId: '' };
  }
  if (scopeId === undefined) throw new Error(`A fact of scope ${scope} passed without its id`);
  return { scope, scopeId };
}

/** How sure we are of a fact at first; each repetition moves it closer to 1. */
export const FIRST_CONFIDENCE: Record<Trust, number> = { trusted: 1, untrusted: 0.5 };
