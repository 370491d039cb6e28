import { cutText } from '../../../platform/cut-text.ts';
import type { WrittenTurn } from './read-lines.ts';
import type { Stamp } from './stamp.ts';

/** Where programs write the parts of a message: Slack, Telegram, Discord, Messenger, WhatsApp converters, chat APIs. */
const LISTS = ['messages', 'conversation', 'transcript', 'turns', 'segments', 'utterances', 'items'];
const SPEAKERS = [
  'speaker',
  'speaker_name',
  'from',
  'sender_name',
  'sender',
  'author',
  'username',
  'user',
  'role',
  'name',
  'actor',
];
const WORDS = ['text', 'content', 'message', 'body', 'transcript', 'utterance'];
const TIMES = [
  'said_at',
  'ts',
  'timestamp',
  'timestamp_ms',
  'date',
  'date_unixtime',
  'created_at',
  'createdAt',
  'time',
  'datetime',
];
const NAMES = ['real_name', 'display_name', 'nickname', 'name', 'username', 'first_name'];

type Message = Readonly<Record<string, unknown>>;

/** Plain checks and no schema, because a schema needs 20 s for 60,000 messages. */
function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns whether a text is JSON. */
export function isJson(text: string): boolean {
  return /^\s*(?:\[\s*\{|\{\s*")/.test(text.slice(0, 1000));
}

/**
 * Reads the messages of an exported chat in JSON; undefined when the JSON is not valid or has no messages with a
 * speaker and words. Messages without words, such as calls, are left out.
 */
export function readChatExport(text: string): WrittenTurn[] | undefined {
  const messages = messagesOf(parsed(text));
  if (messages === undefined) return undefined;
  const turns = messages.flatMap((message): WrittenTurn[] => {
    const words = wordsIn(message);
    const speaker = speakerIn(message);
    if (words === '') return [];
    return [{ speaker, text: words, stamp: stampIn(message) }];
  });
  return turns.some(({ speaker }) => speaker !== undefined) ? turns : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messagesOf(value: unknown): readonly Message[] | undefined {
  const lists = isMessage(value) ? LISTS.map((name) => value[name]) : [value];
  return lists.find((list): list is Message[] => Array.isArray(list) && list.length > 0 && list.every(isMessage));
}

function speakerIn(message: Message): string | undefined {
  const profile = nameIn(message.user_profile);
  for (const field of SPEAKERS) {
    const value = message[field];
    const name = profile ?? (typeof value === 'string' ? value : nameIn(value));
    if (name !== undefined && name.trim() !== '') return cutText(name.trim(), 200);
  }
  return undefined;
}

function nameIn(value: unknown): string | undefined {
  if (!isMessage(value)) return undefined;
  return NAMES.map((name) => value[name]).find((name): name is string => typeof name === 'string' && name !== '');
}

/** Telegram and chat APIs write the words as a list of parts. */
function wordsIn(message: Message): string {
  for (const field of WORDS) {
    const value = message[field];
    const parts = Array.isArray(value) ? value : [value];
    const words = parts.map((part) => (typeof part === 'string' ? part : textOf(part))).join('');
    if (words.trim() !== '') return words.trim();
  }
  return '';
}

function textOf(part: unknown): string {
  return isMessage(part) && typeof part.text === 'string' ? part.text : '';
}

/** Seconds or milliseconds since 1970, or ISO 8601. A number below 2001 is an offset and no date. */
function stampIn(message: Message): Stamp | undefined {
  for (const field of TIMES) {
    const value = message[field];
    const number =
      typeof value === 'number' || (typeof value === 'string' && /^\d{9,13}(?:\.\d{1,9})?$/.test(value))
        ? Number(value)
        : 0;
    const at = new Date(number > 1e11 ? number : number * 1000);
    if (number > 1e9 && !Number.isNaN(at.getTime())) return { iso: at.toISOString() };
    if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) continue;
    const hasOffset = /(?:Z|[+-]\d\d:?\d\d)$/.test(value);
    const moment = new Date(hasOffset ? value : `${value}Z`);
    if (!Number.isNaN(moment.getTime())) return { iso: moment.toISOString() };
  }
  return undefined;
}
