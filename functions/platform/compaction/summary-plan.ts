import type { z } from 'zod';
import type { ModelRequest } from '../models/model.ts';
import { readPrompt } from '../models/read-prompt.ts';
import type { Frame } from './draft.ts';
import type { Summary } from './summary.ts';

/**
 * What a model must summarise. `messages` are the indices that the answer will cover; `data` shows them to the model,
 * and `prompt` is its instruction.
 */
export interface SummaryPlan {
  kind: Summary['kind'];
  messages: number[];
  prompt: { file: URL; values: Record<string, string> };
  data: string;
  /** The answer is JSON of this schema. Without a schema it is the text of the summary. */
  schema: z.ZodType | undefined;
  /** The most tokens of the whole summary. */
  mostTokens: number;
  /** What `applySummary` goes on with. */
  frame: Frame;
}

/** The model's thinking counts as output. */
const THINKING_TOKENS = 4_000;

/** Returns the request of a plan; the caller adds the model. */
export async function toSummaryRequest(plan: SummaryPlan): Promise<Omit<ModelRequest, 'model'>> {
  return {
    system: await readPrompt(plan.prompt.file, plan.prompt.values),
    messages: [{ role: 'user', text: plan.data }],
    tools: [],
    // The signs of JSON are tokens, and models count words badly.
    maxOutputTokens: 2 * plan.mostTokens + THINKING_TOKENS,
    ...(plan.schema === undefined ? {} : { responseSchema: plan.schema.toJSONSchema({ io: 'input' }) }),
  };
}
