import type { z } from 'zod';
import { environment } from '../platform/environment.ts';
import { shownSchema } from '../platform/models/dialects/shown-schema.ts';
import { type Model, type ModelChoice, ModelError, type ModelMessage } from '../platform/models/model.ts';
import { jsonText, withoutFence } from '../platform/models/parse-json.ts';
import { buyTurn } from '../usage/buy-turn.ts';
import type { Payer } from '../usage/meter.ts';

/** A model, and who pays for its calls. */
export interface PaidModel {
  model: Model;
  choice: ModelChoice;
  payer: Payer;
  /** Unique for each attempt of the work; a call is booked once for each reference and part. */
  reference: string;
  /** Aborted when the caller is stopped or loses its lease. */
  signal: AbortSignal;
}

interface ModelQuestion<Schema extends z.ZodType> {
  /** Distinguishes the calls of one attempt. */
  part: string;
  system: string;
  messages: ModelMessage[];
  /** What the answer is parsed with. */
  schema: Schema;
  /** What the model is asked for, where that is stricter than `schema`. */
  format?: z.ZodType;
  maxOutputTokens: number;
}

/** The answer of a model as text, and parsed; `answer` is undefined when the text is not JSON of the schema. */
interface ModelAnswer<Schema extends z.ZodType> {
  answer: z.output<Schema> | undefined;
  text: string;
}

/**
 * Asks the model one question and parses the answer as JSON.
 * @throws ModelError when the call fails; OverBudget before a call that no budget covers
 */
export async function askModel<Schema extends z.ZodType>(
  { payer, reference, choice, model, signal }: PaidModel,
  { part, system, messages, schema, format = schema, maxOutputTokens }: ModelQuestion<Schema>,
): Promise<ModelAnswer<Schema>> {
  const responseSchema = shownSchema(format, { unrepresentable: 'any' });
  const { text } = await buyTurn({
    payer,
    kind: 'extraction',
    reference: `${reference} ${part}`,
    choice,
    call: {
      model,
      request: { model: choice.model, system, messages, tools: [], maxOutputTokens, responseSchema },
      signal,
      timeoutMs: environment.MODEL_TIMEOUT_SECONDS * 1000,
    },
  });
  return { answer: jsonText(schema).safeParse(withoutFence(text)).data, text };
}

/** Returns the answer. @throws ModelError when it could not be parsed */
export function requireAnswer<T>(answer: T | undefined): T {
  if (answer === undefined)
    throw new ModelError('invalid_answer', 'The model did not answer with JSON of the given schema');
  return answer;
}

/**
 * Parses each item of a list of a model on its own, so that one malformed item is one fault and the others remain.
 * Returns the good items and what is wrong with the others.
 */
export function parseEach<T>(
  items: readonly unknown[],
  parse: (item: unknown) => { success: true; data: T } | { success: false; error: z.ZodError },
  name: string,
): { good: T[]; faults: string[] } {
  const good: T[] = [];
  const faults: string[] = [];
  for (const [index, item] of items.entries()) {
    const parsed = parse(item);
    if (parsed.success) good.push(parsed.data);
    else faults.push(`${name} ${index + 1}: ${issuesOf(parsed.error)}`);
  }
  return { good, faults };
}

/** Adds an answer to a conversation, and the request to correct what is wrong with it. */
export function askForCorrection(messages: ModelMessage[], text: string, faults: readonly string[], name: string) {
  const request = `These ${name}s cannot be made:\n${faults.join('\n')}\nAnswer with the whole list again, corrected.`;
  messages.push({ role: 'assistant', text, toolCalls: [] }, { role: 'user', text: request });
}

function issuesOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
}
