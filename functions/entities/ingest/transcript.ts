import { z } from 'zod';
import { storableText } from '../../platform/storable.ts';
import { hasYear } from '../as-of.ts';
import type { Turn } from '../files/archive.ts';
import { SessionMaterial } from '../session.ts';
import type { ArchivedSessionRow } from '../sql/memory-session.ts';
import { LONGEST_TRANSCRIPT, MESSAGE_FORMS, Messages, SaidMessages, type SpokenTurn } from './message.ts';

/**
 * A session id is used as a file name in the archive, so it allows only letters, digits, dots, dashes and underscores.
 */
export const SessionId = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_-])?$/, 'must be letters, digits, dots, dashes and underscores')
  .refine((id) => !id.includes('..') && !/\.lock$/i.test(id), 'must not contain two dots in a row or end with .lock')
  .meta({ description: 'The id of the session; repeating it returns the same session' });

const LongText = z.string().trim().min(1).max(LONGEST_TRANSCRIPT);

/**
 * The day of a session without a time of its own is the user's day. Its turns are dated noon UTC, which is the same day
 * everywhere from UTC-12 to UTC+11; a date-time without an offset is UTC.
 */
const SessionDate = z
  .union([z.iso.date(), z.iso.datetime({ offset: true, local: true })], {
    error: 'must be a day such as 2024-01-15, or an ISO 8601 date-time',
  })
  .refine(hasYear, 'must be of a year from 1 on')
  .transform((given) => {
    if (!given.includes('T')) return `${given}T12:00:00Z`;
    return /(Z|[+-]\d\d:\d\d)$/.test(given) ? given : `${given}Z`;
  })
  .meta({ description: 'When the session was: a day, or a date-time. For turns without said_at; now when omitted' });

/** A session as it is sent: what the user tells, messages, or a conversation as lines of `Speaker: words`. */
export const SessionBody = z
  .strictObject({
    memory_input: LongText.optional().meta({
      description: 'What the user tells, in their own words. A transcript is read by its speakers if it clearly is one',
    }),
    conversation: z
      .union([LongText, Messages], { error: `must be a text of lines "Speaker: words", or ${MESSAGE_FORMS.slice(8)}` })
      .optional(),
    turns: Messages.optional(),
    session_id: SessionId.optional(),
    session_date: SessionDate.optional(),
  })
  .refine(
    ({ memory_input, conversation, turns }) =>
      [memory_input, conversation, turns].filter((part) => part !== undefined).length === 1,
    { path: ['turns'], message: 'send one of memory_input, turns and conversation' },
  );
export type SessionBody = z.output<typeof SessionBody>;

/** Returns the turns of a session. A turn without a time gets that of the previous turn, the session's, or `now`. */
export function turnsOf({ memory_input, conversation, turns, session_date }: SessionBody, now: string): Turn[] {
  const sent = turns ?? conversation ?? turnsOfTold(memory_input ?? '');
  const given: SpokenTurn[] = typeof sent === 'string' ? turnsOfText(sent) : sent;
  let saidAt = given.find((turn) => turn.said_at !== undefined)?.said_at ?? session_date ?? now;
  return given.map(({ speaker, text, said_at, caption }) => {
    saidAt = said_at ?? saidAt;
    return {
      speaker: storableText(speaker),
      text: storableText(text),
      said_at: saidAt,
      ...(caption === undefined ? {} : { caption: storableText(caption) }),
    };
  });
}

/** The speaker of the user's own words in a run, and of text without a speaker. */
export const USER_SPEAKER = 'user';

/** Returns the turns of an archived run: the task as the user's turn, then each report as the turn of its worker. */
export function turnsOfRun({ material, created_at: said_at }: ArchivedSessionRow): Turn[] {
  const { task, reports } = SessionMaterial.parse(material);
  const said = [
    { speaker: USER_SPEAKER, text: task },
    ...reports.map(({ worker, text }) => ({ speaker: worker, text })),
  ];
  return said.filter(({ text }) => text.trim() !== '').map((turn) => ({ ...turn, said_at }));
}

/**
 * Parses a conversation. A line with a speaker starts a turn; lines without one continue it. Text before the first
 * speaker belongs to the user.
 */
function turnsOfText(conversation: string): SpokenTurn[] {
  const turns: { speaker: string; text: string }[] = [];
  for (const line of conversation.split('\n')) {
    const [, speaker, words] = /^(\p{L}[\p{L}\p{N} ._'-]{0,40}):\s(.*)$/su.exec(line) ?? [];
    const last = turns.at(-1);
    if (speaker !== undefined && words !== undefined) turns.push({ speaker: speaker.trim(), text: words.trim() });
    else if (last === undefined || last.text.length > LONGEST_TURN)
      turns.push({ speaker: last?.speaker ?? USER_SPEAKER, text: line });
    else last.text += `\n${line}`;
  }
  return turns.flatMap(({ speaker, text }) => chunksOf(text).map((chunk) => ({ speaker, text: chunk })));
}

/** Characters of one turn; longer text becomes several turns of the same speaker. */
const LONGEST_TURN = 50_000;

function chunksOf(text: string): string[] {
  const count = Math.max(1, Math.ceil(text.length / LONGEST_TURN));
  return Array.from({ length: count }, (_, index) => text.slice(index * LONGEST_TURN, (index + 1) * LONGEST_TURN));
}

/** The speakers of chat logs. */
const CHAT_SPEAKER = /^(user|human|me|assistant|ai|system)$/i;

/**
 * Returns the turns of a text that a user tells: all of it is the user's, also lines such as `Breakfast: eggs`. It is
 * read as a transcript only if its first line has a speaker, and it is a chat log or two speakers speak more than once.
 */
function turnsOfTold(text: string): SpokenTurn[] {
  const turns = turnsOfText(text);
  const counts = new Map<string, number>();
  for (const { speaker } of turns) counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
  const isChat = turns.some(({ speaker }) => CHAT_SPEAKER.test(speaker));
  const talkers = [...counts.values()].filter((count) => count > 1);
  const isTranscript = text.startsWith(`${turns[0]?.speaker}:`) && counts.size > 1 && (isChat || talkers.length > 1);
  return isTranscript ? turns : chunksOf(text).map((chunk) => ({ speaker: USER_SPEAKER, text: chunk }));
}

/** A conversation so far, as one text or as messages. */
export const Conversation = z.union([z.string().max(200_000), SaidMessages], {
  error: `must be a text, or ${MESSAGE_FORMS.slice(8)}`,
});
export type Conversation = z.infer<typeof Conversation>;

/**
 * Returns the last `characters` of a conversation, which say best what it is about now. With `named`, each turn starts
 * with its speaker.
 */
export function endOf(conversation: Conversation, characters: number, named = false): string {
  if (typeof conversation === 'string') return storableText(conversation.slice(-characters));
  const lines = conversation.map(({ speaker, text }) => (named && speaker ? `${speaker}: ${text}` : text));
  return storableText(lines.join('\n').slice(-characters));
}
