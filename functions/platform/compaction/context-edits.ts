import { z } from 'zod';

/**
 * What the provider may clear of the conversation before the model reads it. The conversation itself stays whole.
 *
 * - `clearToolResults`: from `trigger` tokens of input on, the oldest results, `clearAtLeast` tokens at a time, so that
 *   the provider's cache holds for turns. The newest `keep` results stay.
 * - `keepThinking`: the newest answers whose thinking stays.
 */
export interface ContextEdits {
  clearToolResults?: { trigger: number; keep: number; clearAtLeast: number } | undefined;
  keepThinking?: number | undefined;
}

/** What the provider has cleared: how many results or answers' thinking, and how many tokens they had. */
export const AppliedEdit = z.object({
  what: z.enum(['tool_results', 'thinking']),
  count: z.int().nonnegative(),
  tokens: z.int().nonnegative(),
});
export type AppliedEdit = z.infer<typeof AppliedEdit>;
