import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ModelError, type ProviderName, type ToolCallRequest } from '../model.ts';
import { jsonText } from '../parse-json.ts';

const ArgumentsObject = z.record(z.string(), z.unknown());
const ArgumentsText = jsonText(ArgumentsObject);

/** Arguments beyond this are a runaway stream, not a call: the largest useful one is a file of some 100 kB. */
const MAX_ARGUMENT_CHARACTERS = 1_000_000;

/** Ids that we made because the provider has none start so; they are never sent to Gemini, which would not know them. */
const OWN_ID = 'own-';

export function isOwnId(id: string): boolean {
  return id.startsWith(OWN_ID);
}

/** Gathers the pieces of one tool call of a stream and makes the call of them. */
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

  /** @throws ModelError `invalid_answer` when the arguments grow without end. */
  append(piece: string): void {
    this.#pieces += piece;
    if (this.#pieces.length > MAX_ARGUMENT_CHARACTERS) {
      throw new ModelError('invalid_answer', `${this.#provider} sent tool-call arguments without end`);
    }
  }

  /** @throws ModelError `invalid_answer` when the arguments are not a JSON object; no text at all means no arguments. */
  finish(taken: Set<string>, signature?: string): ToolCallRequest {
    const parsed = ArgumentsText.safeParse(this.#pieces.trim() === '' ? '{}' : this.#pieces);
    return toToolCall(this.#provider, { id: this.id, name: this.name, arguments: parsed.data, signature }, taken);
  }
}

/**
 * A call as the contract wants it: a name, an object of arguments, an id that is unique within the turn (`taken` holds the ids
 * so far; a repeated or missing one is replaced by one of ours).
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
