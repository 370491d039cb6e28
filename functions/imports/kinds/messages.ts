import { createHash, type Hash } from 'node:crypto';
import type { Part } from '../../chat/chat.ts';
import type { ImportedMessage } from '../../chat/imported.ts';
import { isFields } from '../reading/recognise.ts';
import { type ReadContent, readContent } from './blocks.ts';
import { pastTime, textOf, without } from './fields.ts';

/** A message without its images, which are stored when it is written. */
export type ReadMessage = Omit<ImportedMessage, 'attachments'> & { images: string[] };

export interface ReadMessages {
  messages: ReadMessage[];
  notes: string[];
  /** What messages have that has no place, by their place in the source. */
  rest: Record<string, unknown>;
}

const ROLES: Record<string, 'user' | 'assistant' | 'system'> = {
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  ai: 'assistant',
  model: 'assistant',
  bot: 'assistant',
  system: 'system',
  developer: 'system',
};

/** An answer whose calls get their results from later messages of the source. */
interface OpenAnswer {
  message: ReadMessage;
  calls: Map<string, Extract<Part, { type: 'tool' }>>;
  turns: number;
  /** The last message of the source brought results, so the next answer goes on with this one. */
  goesOn: boolean;
}

/**
 * Reads the messages of a conversation. An answer that called tools is several messages in the source: the calls, a
 * message of the user with their results, and the answer that goes on. Here it is one message with parts.
 */
export function readMessages(list: readonly unknown[], startedAt: string): ReadMessages {
  const read: ReadMessages = { messages: [], notes: [], rest: {} };
  // Of the source's own text: times that are made up here change with each import.
  const hashes = new Map<ReadMessage, Hash>();
  let open: OpenAnswer | undefined;
  let future = 0;
  let before = Date.parse(startedAt);
  for (const [at, entry] of list.entries()) {
    const fields = isFields(entry) ? entry : {};
    const named = textOf(fields.role)?.toLowerCase() ?? '';
    const role = ROLES[named] ?? 'system';
    const { time, isFuture } = pastTime(fields.timestamp ?? fields.created_at);
    if (isFuture) future += 1;
    const content = readContent(fields.content, open?.goesOn && role === 'assistant' ? open.turns : 0);
    const results = takeResults(open, content);
    keepRest(read, at, { entry, fields, content, role, isKnownRole: Object.hasOwn(ROLES, named), isFuture });
    if (open !== undefined && role === 'user' && results > 0 && content.text === '') {
      open.message.images.push(...content.images);
      open.goesOn = true;
      hashes.get(open.message)?.update(JSON.stringify(entry));
      continue;
    }
    if (open?.goesOn && role === 'assistant') {
      addTo(open, content);
      hashes.get(open.message)?.update(JSON.stringify(entry));
      continue;
    }
    if (isEmpty(content)) continue;
    // A message without a time of its own follows the one before it.
    const createdAt = time ?? new Date(before).toISOString();
    before = Date.parse(createdAt) + 1;
    const model = textOf(fields.model) ?? null;
    const message: ReadMessage = { at, role, content: '', parts: [], images: [], model, createdAt, hash: '' };
    hashes.set(message, createHash('sha256').update(JSON.stringify(entry)));
    const next: OpenAnswer = { message, calls: new Map(), turns: 0, goesOn: false };
    addTo(next, content);
    read.messages.push(message);
    open = role === 'assistant' ? next : undefined;
  }
  if (future > 0) read.notes.push(`${future} times are in the future and were taken as now.`);
  for (const [message, hash] of hashes) {
    message.hash = hash.digest('hex');
    // The parts are those of an answer; for any other message the content has it all.
    if (message.role !== 'assistant') message.parts = [];
  }
  return read;
}

/** Gives results to the calls of the open answer. Returns how many there were; the others stay in the content. */
function takeResults(open: OpenAnswer | undefined, content: ReadContent): number {
  const others = content.results.filter(({ callId, output, isError }) => {
    const call = open?.calls.get(callId);
    if (call !== undefined) Object.assign(call, { status: 'completed', output, is_error: isError });
    return call === undefined;
  });
  const taken = content.results.length - others.length;
  content.results = others;
  return taken;
}

function isEmpty({ text, parts, images }: ReadContent): boolean {
  return text.trim() === '' && images.length === 0 && !parts.some(({ type }) => type === 'tool' || type === 'thinking');
}

function addTo(open: OpenAnswer, content: ReadContent): void {
  const calls = content.parts.filter((part) => part.type === 'tool');
  for (const [index, id] of content.callIds.entries()) {
    const call = calls[index];
    if (call !== undefined) open.calls.set(id, call);
  }
  const { message } = open;
  message.parts.push(...content.parts);
  message.content = [message.content, content.text].filter((text) => text !== '').join('\n\n');
  message.images.push(...content.images);
  open.turns += 1;
  open.goesOn = false;
}

interface Entry {
  entry: unknown;
  fields: Record<string, unknown>;
  content: ReadContent;
  role: ReadMessage['role'];
  isKnownRole: boolean;
  isFuture: boolean;
}

function keepRest(read: ReadMessages, at: number, { entry, fields, content, role, ...is }: Entry): void {
  const rest = isFields(entry) ? without(fields, 'role', 'content', 'timestamp', 'created_at', 'model') : { entry };
  if (is.isFuture) rest.timestamp = fields.timestamp ?? fields.created_at;
  if (!is.isKnownRole) rest.role = fields.role ?? null;
  if (content.unknown.length > 0) rest.blocks = content.unknown;
  if (content.results.length > 0) rest.results = content.results;
  // Only an answer shows its parts.
  const hidden = role === 'assistant' ? [] : content.parts.filter(({ type }) => type !== 'text');
  if (hidden.length > 0) rest.parts = hidden;
  if (Object.keys(rest).length > 0) read.rest[at] = rest;
  if (!is.isKnownRole) read.notes.push(`Message ${at + 1} has the role ${JSON.stringify(fields.role ?? null)}.`);
}
