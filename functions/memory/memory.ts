import { z } from 'zod';
import { Trust } from '../entities/search/hit.ts';
import type { Caller } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { idSchema } from '../platform/id.ts';

/**
 * A memory (id `mem_…`, also called a fact) is one sentence with a scope, a source and a trust.
 *
 * The scope says who uses the fact: `tenant` everybody, `sprint` one run (`scope_id` is its id), `worker` every run of
 * the worker with that name, `user` one user.
 *
 * The trust follows from the source, never from the text. What a user said, in a request or in the task of a run, is
 * trusted where the user decides: for themselves and their own runs, for an admin also for workers and the tenant
 * ({@link trustOf}). What a member says for a worker, and what a run produced (reports, tool output, what a worker
 * chose to remember), is untrusted: only its user finds it, until it is promoted.
 */

export const MemoryScope = z.enum(['tenant', 'sprint', 'worker', 'user']);
export type MemoryScope = z.infer<typeof MemoryScope>;

export const SourceKind = z.enum(['person', 'run', 'tool', 'document', 'web', 'import']);
export type SourceKind = z.infer<typeof SourceKind>;

/** The most characters of a fact. */
const LONGEST_FACT = 4000;
/** The most characters of a search query. A worker's task is cut to this length before it is used as a query. */
export const LONGEST_QUERY = 2000;

export const FactText = z.string().trim().min(1).max(LONGEST_FACT);
export const Category = z.string().trim().min(1).max(60);

/** A fact as it is stored and returned, without its vector and lexemes. */
export const Memory = z.strictObject({
  id: idSchema('mem'),
  tenant_id: z.string(),
  /** The user who added the fact, or whose run learned it. */
  user_id: z.string(),
  text: z.string(),
  category: z.string(),
  scope: MemoryScope,
  scope_id: z.string(),
  source: z.string().nullable().meta({ description: 'The source in words' }),
  source_kind: SourceKind,
  source_id: z.string().nullable().meta({ description: 'The id of the run, document or import that is the source' }),
  author: z.string().meta({ description: 'The user’s id or the worker’s name' }),
  trust: Trust,
  flags: z.array(z.string()).meta({
    description:
      '`instruction`: the text reads like an order to a model; `invisible`: it contains invisible characters',
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

/** The reason why a search found a fact: each signal as measured and relative to the best of the same search. */
const SearchReason = z.strictObject({
  text_score: z.number().meta({ description: '0 to 1: bm25 divided by the best bm25 of this search' }),
  vector_score: z
    .number()
    .meta({ description: '0 to 1: similarity above the floor, divided by the best of this search' }),
  bm25: z.number(),
  similarity: z.number().nullable().meta({ description: 'Cosine; null when another embedder made the vector' }),
  coverage: z.number().meta({ description: '0 to 1: the share of the query’s terms, weighted by rarity, in the fact' }),
});

/** A fact that a search found, with its score. */
export const ScoredMemory = Memory.extend({ score: z.number().min(0).max(1), why: SearchReason });
export type ScoredMemory = z.infer<typeof ScoredMemory>;

/** The scope of a fact with the id of its run, worker or user; the id is empty for `tenant`. */
export interface FactScope {
  scope: MemoryScope;
  scopeId: string;
}

/** The scope in a request: `sprint` and `worker` need an id, `tenant` is always the caller's tenant. */
interface RequestedScope {
  scope: MemoryScope;
  scope_id?: string | undefined;
}

/** Adds a validation issue when the scope and its id do not fit together. */
export function checkScopeId({ scope, scope_id: scopeId }: RequestedScope, context: z.RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['scope_id'], message });
  if (scope === 'tenant' && scopeId !== undefined) refuse('must be left out for the scope tenant');
  if (scope === 'worker' && scopeId === undefined) refuse('must be the name of a worker for the scope worker');
  if (scope === 'sprint' && !idSchema('run').safeParse(scopeId).success)
    refuse('must be the id of a run (run_…) for the scope sprint');
}

/**
 * Returns the scope of a fact that a user adds. Every user may write for themselves, for a run of their own (the caller
 * checks whose run it is) and for a worker. Only an admin may write for the whole tenant, because the workers of all
 * users believe such a fact. A subject shares no facts.
 * @throws Problem 403
 */
export function resolveScope(caller: Caller, requested: RequestedScope): FactScope {
  const { scope, scope_id: scopeId } = requested;
  if (scope === 'user') {
    if (scopeId !== undefined && scopeId !== caller.userId) {
      throw new Problem('forbidden', 'You can add facts with the scope user for yourself only.');
    }
    return { scope, scopeId: caller.userId };
  }
  if (caller.userId !== caller.ownerId)
    throw new Problem('forbidden', 'With user_id you can add facts with the scope user only.');
  if (scope === 'tenant') {
    if (caller.role !== 'admin') throw new Problem('forbidden', 'Only an admin can add facts for the whole tenant.');
    return { scope, scopeId: '' };
  }
  if (scopeId === undefined) throw new Error(`The scope ${scope} has no id; checkScopeId must run first`);
  return { scope, scopeId };
}

/** Returns the trust of a fact that a user adds: the runs of every user meet what is in the scope of a worker. */
export function trustOf({ role }: Pick<Caller, 'role'>, { scope }: FactScope): Trust {
  return role === 'admin' || scope === 'user' || scope === 'sprint' ? 'trusted' : 'untrusted';
}

/**
 * Returns the warnings about a fact's text: `instruction` when it reads like an order to a model, `invisible` when it
 * contains invisible characters. A flagged fact is stored and shown with its flags, so that the user can see the
 * attempt.
 */
export function flagsOf(text: string): string[] {
  // A model reads through invisible characters between letters, so the patterns are matched without them.
  const plain = text.normalize('NFKC').replaceAll(INVISIBLE, '').replaceAll(/\s+/g, ' ');
  return [
    ...(INSTRUCTIONS.some((pattern) => pattern.test(plain)) ? ['instruction'] : []),
    ...(text.search(INVISIBLE) >= 0 ? ['invisible'] : []),
  ];
}

const INVISIBLE = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}]/gu;

/** Each pattern runs in linear time: no repetition can match what another repetition of the same pattern matches. */
const INSTRUCTIONS: readonly RegExp[] = [
  /\b(ignore|disregard|forget|override)\b.{0,40}\b(instruction|rule|prompt|above|previous|earlier|guideline)/i,
  /\b(always|never|must|only|blindly)\s(trust|obey|follow|believe|execute|install from|download from|send|forward)\b/i,
  /\byou (are now|must now|will now|have to obey)\b/i,
  /\b(system|developer|assistant) ?(prompt|message|instruction|override|:)/i,
  /<\/?\s?(system|assistant|user|memory|memories|instruction|tool|data)\b/i,
  /\b(do not|don't|never) (tell|inform|show|mention)\b.{0,30}\b(user|person|human|anybody|anyone)\b/i,
  /\b(reveal|print|send|post|upload|exfiltrate)\b.{0,40}\b(secret|password|token|api key|credential|system prompt)/i,
  /\b(store|remember|save)\b.{0,40}\bas (trusted|a rule|an instruction|system)\b/i,
];
