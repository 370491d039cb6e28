import { cutIntoParts } from '../../../platform/cut-text.ts';
import { Problem } from '../../../platform/errors.ts';
import type { SpokenTurn } from '../message.ts';
import { isJson, readChatExport } from './read-chat-export.ts';
import { hasCues, readCues } from './read-cues.ts';
import { readLines, type WrittenTurn } from './read-lines.ts';
import { dayOrderOf, saidAtOf } from './stamp.ts';

/** The speaker of text that nobody is known to have said. Its words go to nobody's file. */
export const NO_SPEAKER = 'unknown';

/** What a transcript says. `note` tells the user what could not be read. */
export interface Transcript {
  turns: SpokenTurn[];
  note: string | undefined;
}

/** Turns of one conversation. Storing 20,000 takes several seconds. */
const MOST_SPOKEN = 20_000;

/** Characters of one turn; longer text becomes several turns of the same speaker. */
export const LONGEST_TURN = 50_000;

const KNOWN_FORMS =
  'Known are lines such as "Anna: …", "[00:01:02] Anna: …", "[2026-05-01T10:00:00Z] Anna: …", "Anna (10:32): …" and "**Anna:** …", ' +
  'copies and exports of WhatsApp, Slack, Discord, Telegram, Teams, Zoom, Otter and IRC, WebVTT, SRT, and JSON lists of messages';

/**
 * Reads a conversation that is given as one text, see {@link readSpoken}. Text without any sign of a conversation is
 * kept as words that nobody is known to have said.
 * @throws Problem 422 when the text has signs of a conversation in an unknown form, or too many turns
 */
export function readTranscript(given: string, now: string): Transcript {
  const spoken = readSpoken(given, now);
  if (spoken === 'unknown')
    throw refused(`its form is not known, so nobody can say who spoke. ${KNOWN_FORMS}. Or send turns`);
  if (spoken === 'too long') throw refused(`it has more than ${MOST_SPOKEN} turns; send it in parts`);
  if (spoken !== 'prose') return spoken;
  return { turns: cutIntoParts(given, LONGEST_TURN).map((text) => ({ speaker: NO_SPEAKER, text })), note: undefined };
}

/**
 * Reads a text that may be a conversation. Whole dates become `said_at`; a time alone does not, because its day is
 * unknown. Returns `prose` for text without any sign of a conversation, `unknown` for signs of one in an unknown form.
 */
export function readSpoken(given: string, now: string): Transcript | 'prose' | 'unknown' | 'too long' {
  const text = given.replaceAll(/\r\n?/g, '\n').replace(/^\ufeff/, '');
  const exported = isJson(text) ? readChatExport(text) : undefined;
  const written = exported ?? (hasCues(text) ? readCues(text) : readLines(text, MOST_SPOKEN));
  if (typeof written === 'string') return written;
  if (written.length > MOST_SPOKEN) return 'too long';
  const stamps = written.flatMap(({ stamp }) => stamp ?? []);
  const order = dayOrderOf(stamps, now);
  const turns = written.map(withPicture).flatMap(({ speaker = NO_SPEAKER, stamp, ...turn }) => {
    const saidAt = stamp === undefined ? undefined : saidAtOf(stamp, order);
    return cutIntoParts(turn.text, LONGEST_TURN).map((part) => ({
      speaker,
      text: part,
      ...(saidAt === undefined ? {} : { said_at: saidAt }),
      ...(turn.caption === undefined ? {} : { caption: turn.caption }),
    }));
  });
  const isUndated = order === undefined && stamps.some(({ date }) => date?.order === 'unknown');
  return {
    turns,
    note: isUndated
      ? 'The dates of the transcript can be read with the day or the month first, so its turns have the time of receipt.'
      : undefined,
  };
}

/** Moves the description of a picture, as the archive of sessions writes it, from the text to the caption. */
function withPicture(turn: WrittenTurn): WrittenTurn {
  const at = turn.stamp?.iso === undefined ? -1 : turn.text.lastIndexOf(PICTURE);
  if (at < 0 || !turn.text.endsWith(']')) return turn;
  return { ...turn, text: turn.text.slice(0, at), caption: turn.text.slice(at + PICTURE.length, -1) };
}

const PICTURE = '\n  [picture: ';

function refused(why: string): Problem {
  return new Problem('invalid-request', `body.conversation: ${why}.`);
}
