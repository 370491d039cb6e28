import { z } from 'zod';
import { environment } from '../../platform/environment.ts';
import { type Model, type ModelChoice, ModelError, type ModelMessage } from '../../platform/models/model.ts';
import { jsonText } from '../../platform/models/parse-json.ts';
import { buyTurn } from '../../usage/buy-turn.ts';
import type { Payer } from '../../usage/meter.ts';
import { unfenced } from '../ingest/propose-by-model.ts';

/** A model that consolidation may ask, and who pays for it. */
export interface Asker {
  model: Model;
  choice: ModelChoice;
  payer: Payer;
  /** Unique for each try of the work. */
  reference: string;
  /** Aborted, among others, when another call took the work over. */
  signal: AbortSignal;
}

const MOST_OUTPUT_TOKENS = 8_000;

/**
 * One answer as JSON of a schema, and as it was written.
 * @throws ModelError for an answer that is none; OverBudget before a call that no budget covers
 */
export async function askModel<Schema extends z.ZodType>(
  asker: Asker,
  question: { part: string; system: string; messages: ModelMessage[]; schema: Schema; format: z.ZodType },
): Promise<{ answer: z.output<Schema>; text: string }> {
  const { part, system, messages, schema, format } = question;
  const { text } = await buyTurn({
    payer: asker.payer,
    kind: 'extraction',
    reference: `${asker.reference} ${part}`,
    choice: asker.choice,
    call: {
      model: asker.model,
      request: {
        model: asker.choice.model,
        system,
        messages,
        tools: [],
        maxOutputTokens: MOST_OUTPUT_TOKENS,
        responseSchema: z.toJSONSchema(format, { io: 'input', unrepresentable: 'any' }),
      },
      signal: asker.signal,
      timeoutMs: environment.MODEL_TIMEOUT_SECONDS * 1000,
    },
  });
  const parsed = jsonText(schema).safeParse(unfenced(text));
  if (!parsed.success) throw new ModelError('invalid_answer', 'The model did not answer with JSON of the given schema');
  return { answer: parsed.data, text };
}
