import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ModelError, type ProviderName, type ToolCallRequest } from '../model.ts';
import { jsonText } from '../parse-json.ts';

const ArgumentsObject = z.record(z.string(), z.unknown());
const ArgumentsText = jsonText(ArgumentsObject);

/** Longer arguments are a broken stream: the largest useful argument is a file of about 100 kB. */
const MAX_ARGUMENT_CHARACTERS = 1_000_000;

/**
 * Prefix of ids that we created because the provider sent none. They are never sent to Gemini, which does not know
 * them.
 */
const OWN_ID = 'own-';

export function isOwnId(id: string): boolean {
  return id.startsWith(OWN_ID);
}

/** Collects the pieces of one streamed tool call. */
export class ToolCallBuffer {
  readonly id: string | undefined;
  name: string;
  #pieces = '';
  readonly #provider: ProviderName;

  constructor(provider: ProviderName, id: string | undefined, name: string) {
    this.#provider = provider;
    this.id = id || undefined;
    this.name = name;
  }

  /** @throws ModelError `invalid_answer` when the arguments are too long */
  append(piece: string): void {
    this.#pieces += piece;
    if (this.#pieces.length > MAX_ARGUMENT_CHARACTERS) {
      throw new ModelError('invalid_answer', `${this.#provider} sent tool-call arguments without end`);
    }
  }

  /**
   * Returns the call. Empty text means no arguments.
   * @throws ModelError `invalid_answer` when the arguments are not a JSON object
   */
  finish(taken: Set<string>, signature?: string): ToolCallRequest {
    const parsed = ArgumentsText.safeParse(this.#pieces.trim() === '' ? '{}' : this.#pieces);
    return toToolCall(this.#provider, { id: this.id, name: this.name, arguments: parsed.data, signature }, taken);
  }
}

/**
 * Returns a valid call: it has a name, an object of arguments, and an id that is unique within the turn. `taken`
 * contains the ids so far; a repeated or missing id is replaced by a new one.
 */
export function toToolCall(
  provider: ProviderName,
  call: { id: string | undefined; name: string | undefined; arguments: unknown; signature?: string | undefined },
  taken: Set<string>,
): ToolCallRequest {
  const parsed = ArgumentsObject.safeParse(call.arguments);
  if (!parsed.success)
    throw new ModelError('invalid_answer', `${provider} sent tool-call arguments that are not a JSON object`);
  if (!call.name) throw new ModelError('invalid_answer', `${provider} sent a tool call without a name`);
  const id = call.id && !taken.has(call.id) ? call.id : `${OWN_ID}${randomUUID()}`;
  taken.add(id);
  return { id, name: call.name, arguments: parsed.data, ...(call.signature ? { signature: call.signature } : {}) };
}
