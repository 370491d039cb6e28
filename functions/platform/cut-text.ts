let segmenter: Intl.Segmenter | undefined;

/** Opens the segmenter on first use, because every function loads this file when it starts. */
function segments(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** Code units before a cut that are read to find the start of the character that the cut would split. */
const LOOK_BACK = 128;

/** Returns at most the first `most` UTF-16 code units of a text, without a part of a character at the end. */
export function cutText(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, boundaryBefore(text, most));
}

/** Returns at most the last `most` UTF-16 code units of a text, without a part of a character at the start. */
export function cutEnd(text: string, most: number): string {
  if (text.length <= most) return text;
  const wanted = text.length - most;
  const start = boundaryBefore(text, wanted);
  if (start === wanted) return text.slice(start);
  // The character around the cut is left out.
  const around = segments(text.slice(start, wanted + LOOK_BACK))
    [Symbol.iterator]()
    .next().value;
  const end = start + (around?.segment.length ?? 0);
  return text.slice(end >= wanted ? end : codePointAfter(text, wanted));
}

/**
 * Shortens a question: keeps a third of the room for its beginning, which names the subject of a task, and the rest for
 * its end, where the last question of a conversation is.
 */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const beginning = cutText(text, Math.floor(most / 3));
  return `${beginning}\n${cutEnd(text, most - beginning.length - 1)}`;
}

/** Returns the parts of a text of at most `most` code units. Joined they are the text; no part splits a character. */
export function cutIntoParts(text: string, most: number): string[] {
  const parts: string[] = [];
  let at = 0;
  while (text.length - at > most) {
    const end = boundaryBefore(text, at + most, at);
    parts.push(text.slice(at, end));
    at = end;
  }
  return [...parts, text.slice(at)];
}

/**
 * Returns the last position up to `at` that lies between two characters (grapheme clusters: a letter with its combining
 * marks, an emoji sequence). A cluster longer than {@link LOOK_BACK} is cut between two code points.
 */
function boundaryBefore(text: string, at: number, least = 0): number {
  if (at <= least) return least;
  const [before, after] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  // Below U+0300 only a line break of two characters is a cluster.
  if (before < 0x300 && after < 0x300 && !(before === 0x0d && after === 0x0a)) return at;
  const point = codePointBefore(text, at);
  const from = codePointBefore(text, Math.max(least, at - LOOK_BACK));
  const cluster = segments(text.slice(from, at + LOOK_BACK)).containing(point - from);
  const start = cluster === undefined ? point : from + cluster.index;
  return start > Math.max(least, from) || start === at ? start : point > least ? point : at;
}

/** Returns `at`, or the position before when `at` is inside a surrogate pair. */
function codePointBefore(text: string, at: number): number {
  return isInsidePair(text, at) ? at - 1 : at;
}

function codePointAfter(text: string, at: number): number {
  return isInsidePair(text, at) ? at + 1 : at;
}

function isInsidePair(text: string, at: number): boolean {
  const [before, after] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
