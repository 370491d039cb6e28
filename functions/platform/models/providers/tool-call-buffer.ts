import { randomUUID } from 'node:crypto';
import { ModelError, type ProviderName, type ToolCallRequest } from '../model.ts';
import { JsonEnd } from './json-end.ts';
import { parseArguments } from './parse-arguments.ts';

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
  id: string | undefined;
  name: string;
  text = '';
  readonly #end = new JsonEnd();
  readonly #provider: ProviderName;

  constructor(provider: ProviderName, id: string | undefined, name: string) {
    this.#provider = provider;
    this.id = id || undefined;
    this.name = name;
  }

  /** Whether the arguments are a whole JSON value. More text is not part of it. */
  get isComplete(): boolean {
    return this.#end.end !== undefined;
  }

  /** @throws ModelError `invalid_answer` when the arguments are too long */
  append(piece: string): void {
    this.text += piece;
    this.#end.add(piece);
    if (this.text.length > MAX_ARGUMENT_CHARACTERS) {
      throw new ModelError('invalid_answer', `${this.#provider} sent tool-call arguments without end`);
    }
  }

  /** Returns the call. Empty text means no arguments. */
  finish(taken: Set<string>, signature?: string): ToolCallRequest {
    return toToolCall({ id: this.id, name: this.name, arguments: this.text, signature }, taken);
  }
}

/**
 * Returns a valid call: it has a name that every provider accepts, an object of arguments, and an id that is unique
 * within the turn. `taken` contains the ids so far; a repeated or missing id is replaced by a new one. A call that
 * cannot run has a `fault`.
 */
export function toToolCall(
  call: { id?: string | undefined; name?: string | undefined; arguments: unknown; signature?: string | undefined },
  taken: Set<string>,
): ToolCallRequest {
  const id = call.id && !taken.has(call.id) ? call.id : `${OWN_ID}${randomUUID()}`;
  taken.add(id);
  const given = call.name?.trim() ?? '';
  const name = given.slice(0, MAX_NAME_CHARACTERS).replaceAll(/[^\w-]/g, '_') || NO_NAME;
  const parsed = parseArguments(call.arguments);
  const fault = faultOf({ given, name }, parsed.fault);
  return {
    id,
    name,
    arguments: parsed.fault === undefined ? parsed.arguments : {},
    ...(call.signature ? { signature: call.signature } : {}),
    ...(fault === undefined ? {} : { fault }),
  };
}

/** OpenAI rejects conversations with longer names, and with other characters than letters, digits, `_` and `-`. */
const MAX_NAME_CHARACTERS = 64;
const NO_NAME = 'unnamed';

function faultOf({ given, name }: { given: string; name: string }, fault: string | undefined): string | undefined {
  if (given === '') return 'The call was not run because it has no name. Call a tool by its exact name.';
  if (given !== name) return `The call was not run. There is no tool ${JSON.stringify(given.slice(0, 100))}.`;
  if (fault === undefined) return undefined;
  return `The call was not run. The arguments of ${name} cannot be read: ${fault}. Send the whole call again, with one JSON object as arguments; escape quotes, backslashes and line breaks inside strings.`;
}
