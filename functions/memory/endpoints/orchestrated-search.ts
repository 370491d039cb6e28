import { z } from 'zod';
import { AsOf } from '../../entities/as-of.ts';
import { Conversation } from '../../entities/ingest/transcript.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { storableText } from '../../platform/storable.ts';
import { LONGEST_QUERY } from '../memory.ts';
import { OrchestratedAnswer } from '../orchestrate/answer.ts';
import { HitKind } from '../search/hit.ts';

/**
 * Eight times the 2,000 tokens that hold the evidence of 9 in 10 LoCoMo questions: a few steps, at some cents with a
 * small model.
 */
const DEFAULT_TOKENS = 16_000;
/** The first search takes no turn, so 6 turns are three steps, one mistake and the answer. */
const DEFAULT_TURNS = 6;
/** As long as a user waits for an answer. */
const DEFAULT_SECONDS = 60;

/**
 * Answers a query from the caller's memory: a model searches, follows pointers with read-only tools, and answers with
 * citations that are checked against what it was shown. The search runs within the request, with limits on time, turns,
 * tokens and money. When the caller disconnects, the model is stopped and the calls until then are paid. The hits are
 * returned however the model's work ends (`ended_by`). Without a configured model `retrieval` is `search_only`.
 *
 * With `as_of`, nothing is read that was said, committed or became true later. Nothing is written to memory. Answers
 * 429 when the tenant has too many searches running.
 */
export const orchestratedSearch = endpoint({
  name: 'memory-orchestrated-search',
  route: 'POST /api/v1/memory/orchestrated-search',
  access: 'memory:read',
  onBehalfOf: 'known',
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
        .default(DEFAULT_TOKENS)
        .meta({ description: 'The most tokens of memory that the model may read' }),
      max_turns: z
        .int()
        .min(1)
        .max(12)
        .default(DEFAULT_TURNS)
        .meta({ description: 'The most turns of the model, including the answer' }),
      timeout_seconds: z.int().min(1).max(90).default(DEFAULT_SECONDS),
      budget_usd: z.number().min(0).max(100).optional().meta({
        description: 'The most that this search may cost; left out: only the tenant’s budget limits it',
      }),
    })
    .refine(({ query, conversation }) => (query === undefined) !== (conversation === undefined), {
      path: ['query'],
      message: 'give either a query or a conversation',
    }),
  reply: { 200: OrchestratedAnswer },
  deployment: { timeoutSeconds: 120, secrets: MODEL_KEYS },
  // It only reads, but it pays a model.
  idempotent: true,
}).serve(async ({ body, database, identity, signal }) => {
  const { caller, ...scoped } = await enter(database, identity, 'memory:read');
  const { query, conversation = '' } = body;
  const search = {
    database,
    caller,
    scoped,
    input: query === undefined ? { conversation } : { query: storableText(query) },
    asOf: body.as_of,
    kinds: [...new Set(body.kinds)],
    mostTokens: body.max_tokens,
    mostTurns: body.max_turns,
    mostSeconds: body.timeout_seconds,
    mostDollars: body.budget_usd,
    signal,
  };
  const { runSearch } = await import('../orchestrate/run-search.ts');
  return { status: 200, body: await limitSearches(caller.tenantId, () => runSearch(search)) };
});

/**
 * The concurrent searches that one instance runs for one tenant, because each of them occupies a model for seconds. The
 * limit is per instance, as the rate limit of signed-in callers is; the tenant's budget of the day limits the cost
 * across instances.
 */
const MOST_CONCURRENT = 8;

const running = new Map<string, number>();

/** Runs the search unless the tenant has too many running in this instance. @throws Problem 429 */
async function limitSearches<Result>(tenantId: string, search: () => Promise<Result>): Promise<Result> {
  const count = running.get(tenantId) ?? 0;
  if (count >= MOST_CONCURRENT) {
    throw new Problem(
      'too-many-requests',
      `Your tenant has ${count} orchestrated searches running; try again when one has ended.`,
      { retryAfterSeconds: 5 },
    );
  }
  running.set(tenantId, count + 1);
  try {
    return await search();
  } finally {
    const left = (running.get(tenantId) ?? 1) - 1;
    if (left > 0) running.set(tenantId, left);
    else running.delete(tenantId);
  }
}
