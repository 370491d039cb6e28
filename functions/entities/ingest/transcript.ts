import { z } from 'zod';
import { cutEnd, cutIntoParts } from '../../platform/cut-text.ts';
import { Instant } from '../../platform/instant.ts';
import { storableText } from '../../platform/storable.ts';
import type { Turn } from '../files/archive.ts';
import { SessionMaterial } from '../session.ts';
import type { ArchivedSessionRow } from '../sql/memory-session.ts';
import { LONGEST_TURN, NO_SPEAKER, readSpoken, readTranscript, type Transcript } from './forms/read-transcript.ts';
import { LONGEST_TRANSCRIPT, MESSAGE_FORMS, Messages, SaidMessages } from './message.ts';

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
  .transform((given) => {
    if (!given.includes('T')) return `${given}T12:00:00Z`;
    return /(Z|[+-]\d\d:\d\d)$/.test(given) ? given : `${given}Z`;
  })
  .pipe(Instant)
  .meta({ description: 'When the session was: a day, or a date-time. For turns without said_at; now when omitted' });

/**
 * A session as it is sent: what the user tells, messages, or a conversation as one text in a form that
 * `forms/read-transcript.ts` knows.
 */
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

/**
 * Returns the turns of a session. A turn without a time gets that of the previous turn, the session's, or `now`.
 * `notes` say what could not be read.
 * @throws Problem 422 for a conversation of an unknown form
 */
export function turnsOf(session: SessionBody, now: string): { turns: Turn[]; notes: string[] } {
  const { turns: given, note } = spokenTurns(session, now);
  let saidAt = given.find((turn) => turn.said_at !== undefined)?.said_at ?? session.session_date ?? now;
  const dated = given.map(({ speaker, text, said_at, caption }) => {
    saidAt = said_at ?? saidAt;
    return {
      speaker: storableText(speaker),
      text: storableText(text),
      said_at: saidAt,
      ...(caption === undefined ? {} : { caption: storableText(caption) }),
    };
  });
  return { turns: dated, notes: note === undefined ? [] : [note] };
}

/** The speaker of the user's own words. */
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

function spokenTurns({ memory_input, conversation, turns }: SessionBody, now: string): Transcript {
  const messages = turns ?? (typeof conversation === 'string' ? undefined : conversation);
  if (messages !== undefined) return { turns: messages, note: undefined };
  if (typeof conversation === 'string') return readTranscript(conversation, now);
  return readTold(memory_input ?? '', now);
}

/** The speakers of chat logs. */
const CHAT_SPEAKER = /^(user|human|me|assistant|ai|system)$/i;

/**
 * Returns the turns of a text that a user tells: all of it is the user's, also lines such as `Breakfast: eggs`. It is
 * read as a transcript only if it begins as one and is a chat log, or two speakers speak more than once.
 */
function readTold(text: string, now: string): Transcript {
  const spoken = readSpoken(text, now);
  if (typeof spoken !== 'string') {
    const speakers = spoken.turns.map(({ speaker }) => speaker);
    const names = [...new Set(speakers)];
    const isChat = names.some((name) => CHAT_SPEAKER.test(name));
    const talkers = names.filter((name) => speakers.indexOf(name) !== speakers.lastIndexOf(name));
    const begins = speakers[0] !== NO_SPEAKER;
    if (begins && names.length > 1 && (isChat || talkers.length > 1)) return spoken;
  }
  return {
    turns: cutIntoParts(text, LONGEST_TURN).map((part) => ({ speaker: USER_SPEAKER, text: part })),
    note: undefined,
  };
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
  if (typeof conversation === 'string') return storableText(cutEnd(conversation, characters));
  const lines = conversation.map(({ speaker, text }) => (named && speaker ? `${speaker}: ${text}` : text));
  return storableText(cutEnd(lines.join('\n'), characters));
}
