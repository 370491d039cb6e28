import type { LineHead } from './line-head.ts';
import { canBeName, isLabel, looksLikeName, mayBeName } from './speaker-name.ts';
import { parseStamp, STAMP, type Stamp } from './stamp.ts';

/** A line that starts a turn, or a line of the system ("Anna joined") when it has no speaker. */
export interface Head {
  speaker: string | undefined;
  text: string;
  stamp: Stamp | undefined;
  /** Lines that the head takes. */
  lines: number;
  /** The shape of the marks. All heads of a transcript have the same shape; a line of another shape is text. */
  shape: string;
  /** Whether one such line is enough to recognise a transcript. */
  isClear: boolean;
}

/** Reads the head that starts at a line; undefined when the line continues a turn. Runs in constant time. */
type LineForm = (head: LineHead, next: LineHead | undefined, afterNext: LineHead | undefined) => Head | undefined;

const STAMPED = new RegExp(String.raw`^([[(]?)(${STAMP})([\])]?) ?([-–—:|]? ?|\t)(?=\S|$)`, 'iu');
const SPEAKER = /^([^:：\n"“”«»<>[\]|]{1,80}?) ?(?:：|:(?![/\d]))/u;

/**
 * `[00:01:02] Anna: words`, `12/05/2023, 14:32 - Anna: words`, `10:32 Anna: words`; the words may be on the next lines.
 * `[10:32] Anna` alone on its line is a head, too, and the words follow. A line with a date or brackets and without a
 * name is the system's.
 */
const stampFirst: LineForm = (head) => {
  const [start, open = '', written = '', close = '', mark = ''] = STAMPED.exec(head.text) ?? [];
  const stamp = start === undefined ? undefined : parseStamp(written);
  if (start === undefined || stamp === undefined || (open === '') !== (close === '')) return undefined;
  const isMarked = open !== '' || (stamp.date !== undefined && (stamp.time ?? stamp.iso) !== undefined);
  const shape = `first ${open} ${stamp.date === undefined ? 'time' : 'date'} ${mark.trim() || (mark === '\t' ? 'tab' : '')}`;
  const common = { stamp, lines: 1, isClear: isMarked };
  const rest = head.text.slice(start.length);
  const tabbed = mark === '\t' ? /^([^\t]{1,80}):?\t/.exec(rest)?.[1] : undefined;
  if (tabbed !== undefined && canBeName(head.original(start.length, start.length + tabbed.length).replace(/:$/, ''))) {
    const speaker = head.original(start.length, start.length + tabbed.length).replace(/:$/, '');
    return { ...common, shape, speaker, text: head.rest(start.length + tabbed.length), isClear: true };
  }
  const [called, name] = SPEAKER.exec(rest) ?? [];
  if (called !== undefined && name !== undefined) {
    const speaker = withoutReceiver(head.original(start.length, start.length + name.length));
    if (canBeName(speaker) && !isLabel(speaker))
      return { ...common, shape, speaker, text: head.rest(start.length + called.length) };
  }
  const alone = head.original(start.length);
  if (looksLikeName(alone)) return { ...common, shape: `${shape} alone`, speaker: alone, text: '' };
  return isMarked ? { ...common, shape, speaker: undefined, text: head.rest(start.length) } : undefined;
};

/** Returns the sender: Zoom writes "From Anna to Everyone". */
function withoutReceiver(name: string): string {
  const sender = name.replace(/^From +(?=[^ ])/i, '');
  return sender === name ? name : sender.replace(/(?<! ) +to +[^ ].*$/is, '');
}

const LAST = new RegExp(
  String.raw`^([^:：\n<>[\]|]{1,80}?)( {2,}|\t+|,? ?[-–—|•·] ?|, ?(?=\[)| (?=[[(])| (?=\d{1,2}:\d\d ?[ap]m))([[(]?)(?:\p{L}[\p{L} ]{2,20}?,? )?(${STAMP})([\])]?)(:?)(?: |$)`,
  'iu',
);

/**
 * `Anna (10:32): words`, `Speaker 1  00:12`, `Anna — Today at 10:32 AM`, `Anna, [12.05.23 14:32]`; without words behind
 * a colon the words are on the next lines.
 */
const stampLast: LineForm = (head) => {
  const [start, name = '', space = '', open = '', written = '', close = '', colon = ''] = LAST.exec(head.text) ?? [];
  const stamp = start === undefined ? undefined : parseStamp(written);
  if (start === undefined || stamp === undefined || (open === '') !== (close === '')) return undefined;
  const speaker = head.original(0, name.length);
  const text = head.rest(start.length);
  if ((text !== '' && colon === '') || !looksLikeName(speaker)) return undefined;
  const isClear = (open !== '' && colon !== '') || (stamp.date !== undefined && stamp.time !== undefined);
  const mark = space.trim() || (space.includes('\t') || space.length > 1 ? 'wide' : '');
  return { speaker, text, stamp, lines: 1, shape: `last ${open} ${mark}`, isClear };
};

const TIME_LINE = new RegExp(String.raw`^ *[[(]?(?:\p{L}[\p{L} ]{2,20}?,? )?(${STAMP})[\])]? *$`, 'iu');

/** A line with a name, then a line with a time, then the words, as Slack and Teams copy them. */
const stampBelow: LineForm = (head, next, afterNext) => {
  const written = next === undefined ? undefined : TIME_LINE.exec(next.text)?.[1];
  const stamp = written === undefined ? undefined : parseStamp(written);
  const speaker = head.original(0);
  if (stamp === undefined || afterNext === undefined || afterNext.text.trim() === '' || !looksLikeName(speaker))
    return undefined;
  return { speaker, text: '', stamp, lines: 2, shape: 'below', isClear: false };
};

const BOLD = new RegExp(
  String.raw`^ *([*_]{1,3})([^*_\n:：]{1,80}?) ?(?:[:：]\1|\1 ?[:：]|\1 ?[[(](${STAMP})[\])]:?)(?= |$)`,
  'iu',
);

/** `**Anna:** words` and `**Anna** (10:32): words`. */
const bold: LineForm = (head) => {
  const [start, marks = '', name = '', written] = BOLD.exec(head.text) ?? [];
  if (start === undefined) return undefined;
  const from = head.text.indexOf(marks) + marks.length;
  const speaker = head.original(from, from + name.length);
  if (!looksLikeName(speaker)) return undefined;
  const stamp = written === undefined ? undefined : parseStamp(written);
  return { speaker, text: head.rest(start.length), stamp, lines: 1, shape: `bold ${marks}`, isClear: true };
};

const ANGLED = new RegExp(String.raw`^(?:[[(]?(${STAMP})[\])]? ?)?<[@+~&%! ]?([^<>\n]{1,60})> `, 'iu');

/** `<anna> words`, with or without a time, as IRC writes it. */
const angled: LineForm = (head) => {
  const [start, written, name = ''] = ANGLED.exec(head.text) ?? [];
  if (start === undefined || !canBeName(name)) return undefined;
  const from = start.lastIndexOf('<') + 1;
  const speaker = head.original(from, start.lastIndexOf('>')).replace(/^[@+~&%! ]/, '');
  const stamp = written === undefined ? undefined : parseStamp(written);
  return { speaker, text: head.rest(start.length), stamp, lines: 1, shape: 'angled', isClear: written !== undefined };
};

const ROLE =
  /^(?:#{1,6} )?[*_]{0,2}(user|human|you|assistant|chatgpt|claude|gemini|copilot|system)(?: said)?:?[*_]{0,2}:?\s*$/i;

/** `## User`, `You said:`, `ChatGPT said:` alone on a line, as conversations with an assistant are copied. */
const role: LineForm = ({ text }) => {
  const name = ROLE.exec(text)?.[1]?.toLowerCase();
  if (name === undefined) return undefined;
  const speaker = ['human', 'you'].includes(name) ? 'user' : ['user', 'system'].includes(name) ? name : 'assistant';
  return { speaker, text: '', stamp: undefined, lines: 1, shape: 'role', isClear: false };
};

const PLAIN = /^ *([-*•] |\[|)([^:：\n"“”«»<>[\]|]{1,80}?)(\]?) ?(?:：|:(?=\s|$|[^\p{ASCII}]))/u;

/**
 * `Anna: words`, `Anna : words`, `小明：words`, `[SPEAKER_00]: words`, `- Anna: words`; `anna smith: words` is another
 * shape.
 */
const plain: LineForm = (head) => {
  const [start, open = '', name = '', close = ''] = PLAIN.exec(head.text) ?? [];
  if (start === undefined || (open === '[') !== (close === ']')) return undefined;
  const from = head.text.indexOf(name, head.text.indexOf(open) + open.length);
  const speaker = head.original(from, from + name.length);
  const isName = looksLikeName(speaker);
  if (!isName && !mayBeName(speaker)) return undefined;
  const shape = isName ? `plain ${open}` : 'small';
  return { speaker, text: head.rest(start.length), stamp: undefined, lines: 1, shape, isClear: false };
};

const BRACKETED = new RegExp(String.raw`^\[([^\[\]\n]{1,60})\] ?[\[(](${STAMP})[\])]:?(?= |$)`, 'iu');

/** `[Anna] [10:32 PM] words`, as KakaoTalk writes it. */
const bracketed: LineForm = (head) => {
  const [start, name = '', written = ''] = BRACKETED.exec(head.text) ?? [];
  const speaker = head.original(1, 1 + name.length);
  if (start === undefined || !canBeName(speaker)) return undefined;
  const text = head.rest(start.length);
  return { speaker, text, stamp: parseStamp(written), lines: 1, shape: 'bracketed', isClear: true };
};

/** All forms; an earlier form wins when two match the same line. */
export const LINE_FORMS: readonly LineForm[] = [
  angled,
  stampFirst,
  bracketed,
  stampLast,
  stampBelow,
  bold,
  role,
  plain,
];
