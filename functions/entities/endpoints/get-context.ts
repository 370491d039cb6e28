import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { AsOf } from '../as-of.ts';
import { assembleContext, ContextItem, Depth, renderContext } from '../context.ts';
import { Conversation, endOf } from '../ingest/transcript.ts';

/** Characters at the end of a conversation that search reads. */
const LONGEST_QUESTION = 4000;

/**
 * Returns what a conversation should know from the caller's entities, at one of four depths, without a model call.
 * `text` holds the same items as delimited data for a prompt. Never exceeds `max_tokens`; `left_out` counts what did
 * not fit. An empty memory returns an empty list.
 */
export const getContext = endpoint({
  name: 'entities-get-context',
  route: 'POST /api/v1/memory/context',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Returns what your memory knows for a conversation, within a token budget.',
  body: z.strictObject({
    depth: Depth.default('basic'),
    conversation: Conversation.default(''),
    max_tokens: z.int().min(100).max(200_000).default(4000),
    as_of: AsOf,
  }),
  reply: {
    200: z.strictObject({
      depth: Depth,
      items: z.array(ContextItem),
      left_out: z.int().meta({ description: 'Items that did not fit the budget' }),
      tokens: z.int(),
      text: z.string().meta({ description: 'The items as delimited data for a prompt' }),
    }),
  },
}).query(async ({ body, read }) => {
  const { conversation, depth, max_tokens: maxTokens, as_of: asOf } = body;
  const question = { text: endOf(conversation, LONGEST_QUESTION), depth, maxTokens, asOf };
  const { items, left_out } = await assembleContext(read, question);
  const text = renderContext(items);
  return { status: 200, body: { depth, items, left_out, tokens: estimateTokens(text), text } };
});
