import { z } from 'zod';
import type { ProviderName, ToolCallRequest } from '../model.ts';
import { isTooDeep } from './parse-arguments.ts';
import { ToolCallBuffer } from './tool-call-buffer.ts';

const text = z.string().nullish().catch(undefined);

/** More is no signature. */
const LONGEST_EXTRA = 200_000;

/** A piece of a tool call. Compatible servers omit fields, add some and send arguments as an object. */
const CallPiece = z
  .looseObject({
    index: z.int().nullish().catch(undefined),
    id: text,
    function: z.object({ name: text, arguments: z.unknown().optional() }).nullish().catch(undefined),
  })
  .transform(({ index, id, function: called, type: _, ...extra }) => ({
    index: index ?? undefined,
    id: id || undefined,
    name: called?.name || undefined,
    text: toText(called?.arguments),
    extra: Object.entries(extra).filter(([, value]) => value !== null && value !== undefined),
  }));
type CallPiece = z.output<typeof CallPiece>;

function toText(given: unknown): string {
  if (typeof given === 'string') return given;
  if (given === undefined || given === null) return '';
  return isTooDeep(given) ? 'nested too deep' : JSON.stringify(given);
}

/** One more than a turn may have, so that ../read-turn.ts sees that there are too many. */
const MAX_CALLS = 129;

interface OpenCall {
  index: number | undefined;
  buffer: ToolCallBuffer;
  /** The name was sent again after whole arguments: text that follows belongs to another call of the same tool. */
  isNamedAgain: boolean;
  /** Fields that only the server knows, such as Gemini's `extra_content`. They go back with this call. */
  extra: Map<string, unknown>;
}

/**
 * Assembles the calls of a chat completion from its pieces. OpenAI numbers the calls and sends name and id once;
 * compatible servers number every call 0, omit indexes or ids, repeat names, or give each piece another id.
 */
export class ChatCalls {
  readonly #provider: ProviderName;
  readonly #calls: OpenCall[] = [];

  constructor(provider: ProviderName) {
    this.#provider = provider;
  }

  get isEmpty(): boolean {
    return this.#calls.length === 0;
  }

  /** Adds a piece and returns its text, which is paid. Something that is no piece is ignored. */
  add(given: unknown): string {
    const piece = CallPiece.safeParse(given).data;
    if (piece === undefined) return '';
    const received = `${piece.name ?? ''}${piece.text}`;
    const found = this.#find(piece);
    if (found !== undefined && isRepeat(found.buffer, piece)) {
      keepExtra(found, piece);
      return received;
    }
    const call = found === undefined || startsCall(found, piece) ? this.#open(piece, found) : found;
    if (call === undefined) return received;
    call.isNamedAgain ||= call === found && call.buffer.isComplete && piece.name !== undefined;
    call.buffer.name ||= piece.name ?? '';
    call.buffer.id ??= piece.id;
    call.buffer.append(piece.text);
    keepExtra(call, piece);
    return received;
  }

  /** Returns the calls, each with an id that is unique within the turn. */
  finish(): ToolCallRequest[] {
    const taken = new Set<string>();
    return this.#calls.map(({ buffer, extra }) => buffer.finish(taken, toSignature(extra)));
  }

  /** Returns the call of the same id, else the last of the same index. The piece may still start a new one. */
  #find({ index, id, name }: CallPiece): OpenCall | undefined {
    const same = index === undefined ? this.#calls : this.#calls.filter((call) => call.index === index);
    const byId = id === undefined ? undefined : same.findLast(({ buffer }) => buffer.id === id);
    if (byId !== undefined) return byId;
    // Without an index only the id tells calls apart.
    return index === undefined && id !== undefined && name !== undefined ? undefined : same.at(-1);
  }

  #open({ index, id, name }: CallPiece, before: OpenCall | undefined): OpenCall | undefined {
    if (this.#calls.length >= MAX_CALLS) return undefined;
    const buffer = new ToolCallBuffer(this.#provider, id, name ?? before?.buffer.name ?? '');
    const call = { index, buffer, isNamedAgain: false, extra: new Map<string, unknown>() };
    this.#calls.push(call);
    return call;
  }
}

function keepExtra(call: OpenCall, { extra }: CallPiece): void {
  for (const [name, value] of extra) call.extra.set(name, value);
}

function toSignature(extra: OpenCall['extra']): string | undefined {
  const fields = Object.fromEntries(extra);
  if (extra.size === 0 || isTooDeep(fields)) return undefined;
  const signature = JSON.stringify(fields);
  return signature.length > LONGEST_EXTRA ? undefined : signature;
}

/** Whether a server sends a whole call once more at its end. */
function isRepeat(buffer: ToolCallBuffer, { id, name, text: piece }: CallPiece): boolean {
  return id !== undefined && id === buffer.id && name === buffer.name && buffer.isComplete && piece === buffer.text;
}

/**
 * Whether a piece starts another call: it has a name, and the arguments so far are whole or the name is another. A name
 * that is repeated without text may be an echo, so the text after it decides. Another id without a name is ignored.
 */
function startsCall({ buffer, isNamedAgain }: OpenCall, { name, text: piece }: CallPiece): boolean {
  if (name === undefined) return isNamedAgain && piece !== '';
  if (!buffer.isComplete) return buffer.name !== '' && name !== buffer.name;
  return name !== buffer.name || piece !== '';
}
