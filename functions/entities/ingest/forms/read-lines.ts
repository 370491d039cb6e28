import { dayIn } from './day-line.ts';
import { type Head, LINE_FORMS } from './line-forms.ts';
import { type LineHead, lineHead } from './line-head.ts';
import { isMailLabel, startsSmall } from './speaker-name.ts';
import type { Stamp } from './stamp.ts';

/**
 * A turn as it stands in a transcript. Without a speaker it is a line of the program, or text before the first turn.
 */
export interface WrittenTurn {
  speaker: string | undefined;
  text: string;
  stamp?: Stamp | undefined;
  caption?: string;
}

/**
 * Reads the turns of a transcript of lines. The first lines with the marks of one form decide the form of the whole
 * text; a line with other marks belongs to the turn before it. Returns `prose` for a text in which nobody seems to
 * speak, `unknown` when some lines look like those of a transcript but prove no form, and `too long` for more than
 * `most` turns. Runs in linear time.
 */
export function readLines(text: string, most: number): WrittenTurn[] | 'prose' | 'unknown' | 'too long' {
  const lines = text.split('\n');
  const heads = headsOf(lines, most);
  if (heads === undefined) return 'too long';
  const first = lines.findIndex((line) => line.trim() !== '');
  if (isMail(lines, first)) return 'prose';
  const groups = groupsOf(heads, lines, first);
  if (groups.length === 0) return 'prose';
  const chosen = choose(groups);
  if (chosen !== undefined) return split(lines, heads, chosen);
  return groups.every(({ shape }) => shape === 'small') ? 'prose' : 'unknown';
}

/** Returns the head of each line, if it has one; undefined when more than `most` heads have the same shape. */
function headsOf(lines: readonly string[], most: number): (Head | undefined)[] | undefined {
  const heads: (Head | undefined)[] = [];
  const counts = new Map<string, number>();
  let [current, next, afterNext] = [lines[0], lines[1], lines[2]].map(prepared);
  for (let at = 0; at < lines.length; at += 1) {
    const head = current === undefined || isHeadless(current) ? undefined : firstHead(current, next, afterNext);
    heads.push(head);
    if (head !== undefined) {
      const count = (counts.get(head.shape) ?? 0) + 1;
      if (count > most) return undefined;
      counts.set(head.shape, count);
    }
    [current, next, afterNext] = [next, afterNext, prepared(lines[at + 3])];
  }
  return heads;
}

function isHeadless(line: LineHead): boolean {
  return line.text === '' || dayIn(line) !== undefined;
}

function prepared(line: string | undefined): LineHead | undefined {
  return line === undefined ? undefined : lineHead(line);
}

function firstHead(...lines: Parameters<(typeof LINE_FORMS)[number]>): Head | undefined {
  for (const form of LINE_FORMS) {
    const head = form(...lines);
    if (head !== undefined) return head;
  }
  return undefined;
}

/** Lines at the start of a text that are read for the head of an e-mail. */
const HEAD_OF_MAIL = 8;

function isMail(lines: readonly string[], first: number): boolean {
  const labels = lines
    .slice(first, first + HEAD_OF_MAIL)
    .flatMap((line) => /^ *([\p{L}-]{1,20}) ?[:：]/u.exec(line)?.[1] ?? []);
  return new Set(labels.filter(isMailLabel).map((label) => label.toLowerCase())).size >= 2;
}

/** The heads of one shape. */
interface Group {
  shape: string;
  /** Lines with text before the first head, with or without a speaker. */
  before: number;
  turns: number;
  isClear: boolean;
  /** How often each speaker has a head. */
  speakers: Map<string, number>;
  /** Speakers with words, not only numbers. */
  talkers: Set<string>;
}

function groupsOf(heads: readonly (Head | undefined)[], lines: readonly string[], first: number): Group[] {
  const groups = new Map<string, Group>();
  let before = 0;
  for (let at = first; at < heads.length; at += 1) {
    const head = heads[at];
    if (head !== undefined) {
      const { shape, isClear, speaker, text } = head;
      const group = groups.get(shape) ?? { shape, before, turns: 0, isClear, speakers: new Map(), talkers: new Set() };
      groups.set(shape, group);
      if (speaker !== undefined) {
        group.turns += 1;
        group.speakers.set(speaker, (group.speakers.get(speaker) ?? 0) + 1);
        if (text === '' || /\p{L}|\p{Extended_Pictographic}/u.test(text)) group.talkers.add(speaker);
      }
    }
    if (lines[at]?.trim() !== '') before += 1;
  }
  return [...groups.values()].filter(({ turns }) => turns > 0);
}

/** Lines that may stand before a transcript: a title, the people, the date. */
const LONGEST_PREFACE = 20;
/** A list of different labels is a record ("Name: …", "City: …") and not a conversation. */
const MOST_ONE_TIME_SPEAKERS = 10;

function choose(groups: readonly Group[]): Group | undefined {
  const proven = groups.filter(isProven).sort((one, other) => one.before - other.before);
  const clear = proven.find((group) => group.isClear);
  const [earliest] = proven;
  if (clear === undefined || earliest === undefined) return earliest;
  // Lines such as "Chat: Family" before a transcript with times do not hide it.
  return clear.before <= 3 || clear.turns * 4 >= earliest.turns ? clear : earliest;
}

function isProven({ shape, before, turns, isClear, speakers, talkers }: Group): boolean {
  const isRepeated = turns > speakers.size;
  if (before > LONGEST_PREFACE) return false;
  if (shape === 'role') return speakers.size >= 2;
  // Lists and records have such lines, too.
  if (shape === 'small' || /^plain [-*•]/.test(shape)) return before === 0 && isRepeated && speakers.size >= 2;
  if (isClear) return before === 0 || turns >= 2;
  if (talkers.size === 0 || (!isRepeated && speakers.size > MOST_ONE_TIME_SPEAKERS)) return false;
  if (!shape.startsWith('plain')) return turns >= 2 && (before <= 5 || isRepeated);
  return before === 0 || (turns >= 3 && isRepeated);
}

/** Splits the lines at the heads of a group. */
function split(lines: readonly string[], heads: readonly (Head | undefined)[], group: Group): WrittenTurn[] {
  const turns: { speaker: string | undefined; stamp?: Stamp | undefined; lines: string[] }[] = [];
  const isSpeaker = speakersIn(group);
  let day: Stamp['date'];
  for (let at = 0; at < lines.length; at += 1) {
    const head = heads[at];
    const isLine = head?.shape === group.shape;
    // A line of the program, such as "Anna", where other lines have words behind a colon.
    const isSystem =
      (group.isClear && head?.shape === `${group.shape} alone`) || (isLine && head.speaker === undefined);
    if (head !== undefined && isSystem) {
      const text = head.text === '' ? (head.speaker ?? '') : head.text;
      turns.push({ speaker: undefined, stamp: onDay(head.stamp, day), lines: [text] });
    } else if (isLine && head.speaker !== undefined && isSpeaker(head.speaker)) {
      turns.push({ speaker: head.speaker, stamp: onDay(head.stamp, day), lines: head.text === '' ? [] : [head.text] });
      at += head.lines - 1;
    } else {
      const line = lines[at] ?? '';
      const named = head === undefined ? dayBefore(lines, heads, at, group) : undefined;
      if (named !== undefined) {
        day = named;
        continue;
      }
      const last = turns.at(-1);
      if (last === undefined) turns.push({ speaker: undefined, lines: [line] });
      else last.lines.push(line);
    }
  }
  return turns
    .map(({ lines: own, ...turn }) => ({ ...turn, text: own.join('\n').trim() }))
    .filter(({ text }) => text !== '');
}

/** Chats, whose times are of the day. Recordings ("Anna  0:12", "[00:01:02] Anna: …") count from their start. */
const TIMED_CHAT = /^(?:first {2}time|bracketed$|angled$)/;

/** Returns the day that a line names for the turns below it, whose heads have a time alone. */
function dayBefore(
  lines: readonly string[],
  heads: readonly (Head | undefined)[],
  at: number,
  group: Group,
): Stamp['date'] {
  let next = at + 1;
  while (next < lines.length && lines[next]?.trim() === '') next += 1;
  const below = heads[next];
  const isTimed = below?.stamp?.time !== undefined && below.stamp.date === undefined;
  return isTimed && below.shape === group.shape && TIMED_CHAT.test(group.shape)
    ? dayIn(lineHead(lines[at] ?? ''))
    : undefined;
}

function onDay(stamp: Stamp | undefined, day: Stamp['date']): Stamp | undefined {
  return stamp === undefined || stamp.date !== undefined || day === undefined ? stamp : { ...stamp, date: day };
}

/**
 * Returns which names of a group speak. Where nothing but a colon marks a speaker, a name is none whose words are only
 * numbers ("Milk: 2"), nor one in small letters that occurs once among names with capital letters ("list: …").
 */
function speakersIn({ shape, isClear, speakers, talkers }: Group): (name: string) => boolean {
  if (isClear || !/^(?:plain|first)/.test(shape)) return () => true;
  const haveCapitals = [...speakers.keys()].some((name) => !startsSmall(name));
  const isRole = /^(?:user|assistant|me|you|bot|ai)$/i;
  return (name) =>
    talkers.has(name) && !(haveCapitals && /^\p{Ll}+$/u.test(name) && speakers.get(name) === 1 && !isRole.test(name));
}
