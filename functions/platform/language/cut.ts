/** Part of the character before it: the second half of a surrogate pair, marks, joiners and what they join. */
const CONTINUES = /^(?:\p{M}|\u200d|[\u{1f3fb}-\u{1f3ff}])/u;

/** Returns whether a text can be cut at an index without splitting a character as readers see it. */
function isBetween(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return true;
  const code = text.charCodeAt(index);
  if (code >= 0xdc00 && code <= 0xdfff) return false;
  return !CONTINUES.test(text.slice(index, index + 2)) && text[index - 1] !== '\u200d';
}

/** Characters with more marks than this are cut anywhere. */
const MOST_MARKS = 32;

/** Returns at most `most` UTF-16 units of the beginning of a text, without splitting a character. */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = most;
  while (end > most - MOST_MARKS && !isBetween(text, end)) end -= 1;
  return text.slice(0, Math.max(end, 0));
}

/** Returns at most `most` UTF-16 units of the end of a text, without splitting a character. */
export function endingOf(text: string, most: number): string {
  if (text.length <= most) return text;
  let start = text.length - most;
  while (start < text.length - most + MOST_MARKS && !isBetween(text, start)) start += 1;
  return text.slice(start);
}

/**
 * Shortens a question: keeps a third of the room for its beginning, which names the subject of a task, and the rest for
 * its end, where the last question of a conversation is.
 */
export function shortenedQuestion(text: string, most: number): string {
  if (text.length <= most) return text;
  const beginning = beginningOf(text, Math.floor(most / 3));
  return `${beginning}\n${endingOf(text, most - beginning.length - 1)}`;
}
