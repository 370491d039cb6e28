const NON_ASCII = /\P{ASCII}/u;
/** Stress marks, Hebrew points, Arabic vowel signs and hamzas, nuktas. */
const MARKS =
  /[\u0300\u0301\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u06d6-\u06ed\u093c\u09bc\u0a3c\u0abc\u0b3c]/gu;
/**
 * Accents of Latin and Greek letters. Elsewhere such a mark makes another letter (Cyrillic й), and vowel signs of Indic
 * scripts make another word.
 */
const ACCENTS = /([a-z\u00df-\u024f\u0370-\u03ff])[\u0300-\u036f]+/gu;
const FROM = 'øłđðħıŧёґىیکةہەٱँ';
const TO = 'olddhitегييكههها\u0902';
const LETTER = new RegExp(`[${FROM}]`, 'gu');
const PAIRS: readonly (readonly [string, string])[] = [
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['þ', 'th'],
];

/**
 * Returns words in lower case without accents and with one form of letters that have variants. A word is found by this
 * form and, if it differs, by its exact form. `functions/platform/sql/memory_fold.sql` does the same.
 */
export function foldWords(words: string): string {
  if (!NON_ASCII.test(words)) return words;
  const bare = words.normalize('NFD').replaceAll(MARKS, '').replaceAll(ACCENTS, '$1').normalize('NFC');
  const single = bare.replaceAll(LETTER, (letter) => TO[FROM.indexOf(letter)] ?? letter);
  return PAIRS.reduce((text, [from, to]) => text.replaceAll(from, to), single);
}

/**
 * Returns other spellings of a word that users write for it: "Müller" is also "Mueller", "Ångström" also "Aangstroem",
 * and the other way round. An Arabic feminine word is also its plural and singular, because the stemmer of Postgres
 * gives both different stems.
 */
export function spellingsOf(word: string): string[] {
  const spelled = word.replaceAll('ä', 'ae').replaceAll(/[öø]/g, 'oe').replaceAll('ü', 'ue').replaceAll('å', 'aa');
  const folded = foldWords(word);
  // After a vowel or q, "ue" is not an umlaut: "neue", "quer".
  const shortened = folded.replaceAll(/(?<![aeiouq])(?:(a|o|u)e|(a)a)/g, '$1$2');
  return [spelled, shortened, ...arabicNumbersOf(word)].filter(
    (other) => other !== word && other !== folded && other.length > 3,
  );
}

function arabicNumbersOf(word: string): string[] {
  const [, stem, ending] = /^([\u0621-\u064a]{2,})(\u0627\u062a|\u0629)$/u.exec(word) ?? [];
  if (stem === undefined) return [];
  const other = stem + (ending === '\u0629' ? '\u0627\u062a' : '\u0629');
  // Without the article the stem is another one again.
  return other.startsWith('\u0627\u0644') ? [other, other.slice(2)] : [other];
}
