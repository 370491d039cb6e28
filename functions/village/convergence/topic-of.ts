import { cutText } from '../../platform/cut-text.ts';
import { type ContentWord, readClaim } from '../../platform/language/claims/read-claim.ts';
import { sentencesIn } from '../../platform/language/read-statement.ts';

/** A sentence of this length is read at a glance, so it is the topic as it stands. */
const SHORT_SENTENCE = 60;
const LONGEST_TOPIC = 80;
/** Words with at most so many characters between them are one phrase: "release notes for customers". */
const NEAR = 12;

/**
 * Returns what statements that agree speak of, in the words of the first one as they are written there: its sentence
 * with the most words that more than half of the statements have. Of a long sentence only the phrases of these words.
 * `texts` begins with the earliest statement and is not empty.
 */
export function topicOf(texts: readonly string[]): string {
  const claims = texts.map((text) => readClaim(text).words);
  const [best] = sentencesIn(texts[0] ?? '')
    .map((text) =>
      text
        .replaceAll(/\s+/g, ' ')
        .replace(/^ ?[–-] /, '')
        .trim(),
    )
    .map((text) => ({ sentence: text.replace(/(?<![.;:])[.;:]+$/, ''), shared: sharedWords(text, claims) }))
    .sort((one, other) => other.shared.length - one.shared.length);
  if (best === undefined) return cutText(texts[0] ?? '', LONGEST_TOPIC);
  const { sentence, shared } = best;
  if (sentence.length <= SHORT_SENTENCE) return sentence;
  const [first, ...more] = shared.length < 2 ? [] : phrasesOf(sentence, shared);
  if (first === undefined) return shorten(sentence);
  return more.reduce(
    (topic, phrase) => (topic.length + phrase.length + 3 > LONGEST_TOPIC ? topic : `${topic} · ${phrase}`),
    shorten(first),
  );
}

/** The words of a sentence that more than half of the claims have. */
function sharedWords(sentence: string, claims: readonly (readonly ContentWord[])[]): ContentWord[] {
  return readClaim(sentence).words.filter(
    ({ stem, groups }) =>
      claims.filter((words) =>
        words.some((word) => word.stem === stem || [...word.groups].some((name) => groups.has(name))),
      ).length >
      claims.length / 2,
  );
}

/** Returns the parts of a sentence from one of the words to the next ones that are near. */
function phrasesOf(sentence: string, words: readonly ContentWord[]): string[] {
  const spans: { start: number; end: number }[] = [];
  let from = 0;
  for (const { text } of words) {
    const start = startOfWord(sentence, text, from);
    if (start < 0) continue;
    const end = start + text.length;
    const last = spans.at(-1);
    const between = last && sentence.slice(last.end, start);
    if (last !== undefined && between !== undefined && between.length <= NEAR && !/[,;:()]/.test(between))
      last.end = end;
    else spans.push({ start, end });
    from = end;
  }
  return spans.map(({ start, end }) => sentence.slice(start, end));
}

/** Returns where a word begins, from a place on; -1 when it is not there, such as a number that was read in words. */
function startOfWord(sentence: string, word: string, from: number): number {
  let at = sentence.indexOf(word, from);
  while (at > 0 && /[\p{L}\p{N}]/u.test(sentence.charAt(at - 1))) at = sentence.indexOf(word, at + 1);
  return at;
}

function shorten(text: string): string {
  if (text.length <= LONGEST_TOPIC) return text;
  const cut = cutText(text, LONGEST_TOPIC - 1);
  const space = cut.lastIndexOf(' ');
  return `${space > LONGEST_TOPIC / 2 ? cut.slice(0, space) : cut}…`;
}
