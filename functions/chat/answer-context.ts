import { z } from 'zod';
import { CompactionReport } from '../platform/compaction/compaction.ts';

/**
 * What the context of an answer is made of, in estimated tokens, and what the model does not read of the conversation.
 */
export const AnswerContext = z.strictObject({
  window: z.int().meta({ description: "The model's context window" }),
  instruction: z.int().meta({ description: 'The instruction and the tools' }),
  memory: z.int(),
  talk: z.int().meta({ description: 'The messages before the question, as the model reads them' }),
  question: z.int().meta({ description: 'The question with its files' }),
  strategy: z.string(),
  condensed: z.array(
    z.strictObject({
      strategy: z.string(),
      message_ids: z.array(z.string()).meta({ description: 'Messages of which something was left out' }),
      tokens_before: z.int(),
      tokens_after: z.int(),
    }),
  ),
  fallback: CompactionReport.shape.fallback,
});
export type AnswerContext = z.infer<typeof AnswerContext>;
