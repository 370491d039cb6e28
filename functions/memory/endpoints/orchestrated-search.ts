import { z } from 'zod';
import { AsOf } from '../../entities/as-of.ts';
import { Conversation } from '../../entities/ingest/transcript.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { storableText } from '../../platform/storable.ts';
import { HitKind } from '../hit.ts';
import { LONGEST_QUERY } from '../memory.ts';
import { Orchestrated } from '../orchestrate/answer.ts';
import { runSearch } from '../orchestrate/run-search.ts';
import { withSearchSlot } from '../orchestrate/search-slots.ts';

/** Eight readings of 2,000 tokens, within which LoCoMo's evidence is found for nine questions in ten: a few hops, at some cents with a small model. */
const TOKENS = 16_000;
/** The first search comes without a turn: this is room for three hops, a mistake, and the answer. */
const TURNS = 6;
/** As long as somebody waits. */
const SECONDS = 60;

/**
 * Answers a question from the caller's memory: a model derives what to look for, follows pointers with tools that only read, and answers with citations that were
 * checked against what it was shown. Somebody waits for it, so it is answered in one call with bounds on time, turns, tokens and money; when the caller leaves,
 * the model is stopped, and what it did is paid. Whatever ends the model's work (`ended_by`), what was found is answered. Without a configured model that is
 * all: `retrieval` is `search_only`.
 *
 * With `as_of` nothing is read that was said, committed or true only later. Nothing is written to memory. 429 for too many at once.
 */
export const orchestratedSearch = endpoint({
  name: 'memory-orchestrated-search',
  route: 'POST /api/v1/memory/orchestrated-search',
  access: 'memory:read',
  summary: 'Lets a model search your memory and answer with citations.',
  body: z
    .strictObject({
      query: z.string().trim().min(1).max(LONGEST_QUERY).optional(),
      conversation: Conversation.optional(),
      as_of: AsOf,
      kinds: z.array(HitKind).min(1).max(3).default(['fact', 'turn', 'block']),
      max_tokens: z
        .int()
        .min(500)
        .max(100_000)
        .default(TOKENS)
        .meta({ description: 'Of memory that the model may read' }),
      max_turns: z
        .int()
        .min(1)
        .max(12)
        .default(TURNS)
        .meta({ description: 'Answers of the model, the last one included' }),
      timeout_seconds: z.int().min(1).max(90).default(SECONDS),
      budget_usd: z.number().min(0).max(100).optional().meta({
        description: 'What this search may cost; no limit but the tenant’s if left out',
      }),
    })
    .refine(({ query, conversation }) => (query === undefined) !== (conversation === undefined), {
      path: ['query'],
      message: 'give either a query or a conversation',
    }),
  reply: { 200: Orchestrated },
  deployment: { timeoutSeconds: 120, secrets: MODEL_KEYS },
}).serve(async ({ body, database, identity, signal }) => {
  const { caller, ...scoped } = await enter(database, identity, 'memory:read');
  const { query, conversation = '' } = body;
  const search = {
    database,
    caller,
    scoped,
    asked: query === undefined ? { conversation } : { query: storableText(query) },
    asOf: body.as_of,
    kinds: [...new Set(body.kinds)],
    mostTokens: body.max_tokens,
    mostTurns: body.max_turns,
    mostSeconds: body.timeout_seconds,
    budget: body.budget_usd,
    signal,
  };
  return { status: 200, body: await withSearchSlot(caller.tenantId, () => runSearch(search)) };
});
