import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { AsOf } from '../as-of.ts';
import { assembleContext, ContextItem, Depth, renderContext } from '../context.ts';
import { Conversation, endOf } from '../conversation.ts';

/** The end of a conversation says what it is about. */
const LONGEST_QUESTION = 4000;

/**
 * What a conversation should know, from the caller's entities, in four depths, without a call of a model; `text` is the same as a delimited part of a prompt.
 * Never more than `max_tokens`; what did not fit is counted. An empty memory answers an empty list.
 */
export const getContext = endpoint({
  name: 'entities-get-context',
  route: 'POST /api/v1/memory/context',
  access: 'memory:read',
  summary: 'Gathers what your memory knows for a conversation.',
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
      left_out: z.int().meta({ description: 'Items that the budget had no room for' }),
      tokens: z.int(),
      text: z.string().meta({ description: 'The items as data for a prompt' }),
    }),
  },
}).query(async ({ body, read }) => {
  const { conversation, depth, max_tokens: maxTokens, as_of: asOf } = body;
  const question = { text: endOf(conversation, LONGEST_QUESTION), depth, maxTokens, asOf };
  const { items, left_out } = await assembleContext(read, question);
  const text = renderContext(items);
  return { status: 200, body: { depth, items, left_out, tokens: estimateTokens(text), text } };
});
