import type { z } from 'zod';
import { environment } from '../platform/environment.ts';
import { type LogFields, log } from '../platform/log.ts';
import { shownSchema } from '../platform/models/dialects/shown-schema.ts';
import { type Model, type ModelChoice, ModelError, type ModelMessage } from '../platform/models/model.ts';
import { parseAnswer } from '../platform/models/parse-json.ts';
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

/**
 * The answer of a model as text, and parsed; `answer` is undefined when the text is not JSON of the schema. `fault`
 * tells the model why, and what the schema is: some servers do not show it to the model.
 */
interface ModelAnswer<Schema extends z.ZodType> {
  answer: z.output<Schema> | undefined;
  text: string;
  fault: string;
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
  const turn = await buyTurn({
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
  const { data: answer, error } = parseAnswer(schema, turn.text);
  const fault = `${error === undefined ? '' : issuesOf(error)}\n${turn.fault ?? ''}\nJSON Schema: ${JSON.stringify(responseSchema)}`;
  return { answer, text: turn.text, fault };
}

/**
 * Asks the model, and once more when its answer is not JSON of the schema: it is told what is wrong. Each call is
 * booked.
 * @throws ModelError `invalid_answer` after the second such answer; errors of {@link askModel}
 */
export async function askForAnswer<Schema extends z.ZodType>(
  paid: PaidModel,
  question: ModelQuestion<Schema>,
): Promise<{ answer: z.output<Schema>; text: string }> {
  const { answer, text, fault } = await askModel(paid, question);
  if (answer !== undefined) return { answer, text };
  const request = `Your answer is not JSON of the given schema: ${fault}\nAnswer again, with the JSON and nothing else.`;
  const messages = [...question.messages, ...correction(text, request)];
  const second = await askModel(paid, { ...question, messages, part: `${question.part} corrected` });
  if (second.answer !== undefined) return { answer: second.answer, text: second.text };
  throw new ModelError('invalid_answer', 'The model answered twice, but not with JSON of the given schema');
}

/**
 * Works with a model, or without it where the failure is final, so that memory is never worse with a model than
 * without one. `fallback` gets the reason for the user. Logs one warning.
 * @throws any other error of `work`
 */
export async function orWithoutModel<T>(
  fields: LogFields,
  work: () => Promise<T>,
  fallback: (reason: string) => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ModelError && error.isFinal)) throw error;
    log('warning', 'memory works without the model', { ...fields, reason: `${error.kind}: ${error.message}` });
    return fallback(error.message);
  }
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
  messages.push(...correction(text, request));
}

function correction(answer: string, request: string): ModelMessage[] {
  return [
    // Providers refuse an empty message.
    { role: 'assistant', text: answer || '(empty)', toolCalls: [] },
    { role: 'user', text: request },
  ];
}

function issuesOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
}
