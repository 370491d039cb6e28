import { z } from 'zod';
import { endingOf } from '../../platform/language/cut.ts';
import { storableText } from '../../platform/storable.ts';
import type { Turn } from '../files/archive.ts';
import { SessionMaterial } from '../session.ts';
import type { ArchivedSessionRow } from '../sql/memory-session.ts';

/**
 * A session id is used as a file name in the archive, so it allows only letters, digits, dots, dashes and underscores.
 */
export const SessionId = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_-])?$/, 'must be letters, digits, dots, dashes and underscores')
  .refine((id) => !id.includes('..') && !/\.lock$/i.test(id), 'must not contain two dots in a row or end with .lock')
  .meta({ description: 'The id of the session; repeating it returns the same session' });

export const MOST_TURNS = 2000;
/** Characters of all turns together. */
const LONGEST_TRANSCRIPT = 2_000_000;

const GivenTurn = z.strictObject({
  speaker: z.string().trim().min(1).max(200),
  text: z.string().max(100_000),
  said_at: z.iso.datetime({ offset: true }).optional(),
  caption: z.string().max(10_000).optional(),
});

/** A session as it is sent: turns, or a conversation as lines of `Speaker: words`. */
export const SessionBody = z
  .strictObject({
    conversation: z.string().trim().min(1).max(LONGEST_TRANSCRIPT).optional(),
    turns: z.array(GivenTurn).min(1).max(MOST_TURNS).optional(),
    session_id: SessionId.optional(),
  })
  .superRefine(({ conversation, turns }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['turns'], message });
    if ((conversation === undefined) === (turns === undefined)) refuse('send either turns or a conversation');
    const size = turns?.reduce((sum, { text, caption = '' }) => sum + text.length + caption.length, 0) ?? 0;
    if (size > LONGEST_TRANSCRIPT) refuse(`a session has at most ${LONGEST_TRANSCRIPT} characters`);
  });
export type SessionBody = z.output<typeof SessionBody>;

/** Returns the turns of a session. A turn without a time gets the time of the previous turn, or `now`. */
export function turnsOf({ conversation, turns }: SessionBody, now: string): Turn[] {
  const given = turns ?? turnsOfText(conversation ?? '');
  let saidAt = turns?.find((turn) => turn.said_at !== undefined)?.said_at ?? now;
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
function turnsOfText(conversation: string): z.infer<typeof GivenTurn>[] {
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

const Said = z.strictObject({ speaker: z.string().max(200).optional(), text: z.string().max(100_000) });

/** A conversation so far, as one text or as turns. */
export const Conversation = z.union([z.string().max(200_000), z.array(Said).max(2000)]);
export type Conversation = z.infer<typeof Conversation>;

/**
 * Returns the last `characters` of a conversation, which say best what it is about now. With `named`, each turn starts
 * with its speaker.
 */
export function endOf(conversation: Conversation, characters: number, named = false): string {
  if (typeof conversation === 'string') return storableText(endingOf(conversation, characters));
  const lines = conversation.map(({ speaker, text }) => (named && speaker ? `${speaker}: ${text}` : text));
  return storableText(endingOf(lines.join('\n'), characters));
}
