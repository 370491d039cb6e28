/**
 * Splits texts and questions into words. `functions/platform/sql/memory_words.sql` does the same for stored texts: it
 * has the same character classes and the same steps, and both are tested with the vectors of
 * `test/platform/language/word-vectors.ts`. A change here changes what is stored: raise `tokenizer_version.sql`.
 */

/** Characters that end a word, as ranges that JavaScript and PostgreSQL read alike. */
const SEPARATORS =
  '\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u00bf\\u00d7\\u00f7\\u02c2-\\u02df\\u037e\\u0387\\u055a-\\u055f\\u0589\\u058a\\u05be\\u05c0\\u05c3\\u05c6\\u060c\\u061b\\u061e\\u061f\\u066a-\\u066d\\u06d4\\u0964\\u0965\\u0970\\u0e2f\\u0e46\\u0e4f\\u0e5a\\u0e5b\\u0eaf\\u0ec6\\u0f04-\\u0f14\\u104a-\\u104f\\u10fb\\u1360-\\u1368\\u17d4-\\u17da\\u1800-\\u180a\\u2000-\\u206f\\u20a0-\\u2bff\\u2e00-\\u2e7f\\u3000-\\u3004\\u3008-\\u3020\\u3030\\u303d-\\u303f\\u30a0\\u30fb\\ud800-\\uf8ff\\ufe10-\\ufe1f\\ufe30-\\ufe6f\\uff00-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65\\uffe0-\\uffff\\u{1f000}-\\u{1faff}';

/** Characters that are written without spaces between words: Han, kana, Hangul, Thai, Lao, Burmese, Khmer. */
const SPACELESS_BASE =
  '\\u3005-\\u3007\\u3021-\\u3029\\u3041-\\u3096\\u309d-\\u309f\\u30a1-\\u30fa\\u30fc-\\u30ff\\u3105-\\u312f\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\uf900-\\ufaff\\u{20000}-\\u{3ffff}\\u0e01-\\u0e30\\u0e32\\u0e33\\u0e40-\\u0e45\\u0e81-\\u0eb0\\u0eb2\\u0eb3\\u0ebd-\\u0ec4\\u0edc-\\u0edf\\u1000-\\u102a\\u103f\\u1050-\\u1055\\u105a-\\u105d\\u1061\\u1065\\u1066\\u106e-\\u1070\\u1075-\\u1081\\u1780-\\u17b3\\u17dc';
/** Vowel signs and tone marks of these scripts; they stay with the character before them. */
const SPACELESS_MARKS =
  '\\u3099\\u309a\\u0e31\\u0e34-\\u0e3a\\u0e47-\\u0e4e\\u0eb1\\u0eb4-\\u0ebc\\u0ec8-\\u0ecd\\u102b-\\u103e\\u1056-\\u1059\\u105e-\\u1060\\u1062-\\u1064\\u1067-\\u106d\\u1071-\\u1074\\u1082-\\u108d\\u17b4-\\u17d3\\u17dd';

const pattern = (source: string) => new RegExp(source, 'gu');

const NON_ASCII = /\P{ASCII}/u;
const APOSTROPHES = /[‘’‛ʼʹʻʽ´`′＇՚ꞌ]/gu;
const INVISIBLE = pattern(
  '[\\u00ad\\u0640\\u05f3\\u05f4\\u200c-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u2069\\ufe00-\\ufe0f\\ufeff]',
);
const DIGITS = '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९';
const DIGIT = new RegExp(`[${DIGITS}]`, 'gu');
/** "n't" with its verb, which says nothing without it, and the endings "'s", "'re", "'ve", "'ll", "'d" and "'m". */
const CONTRACTIONS =
  /(?<![A-Za-z])[A-Za-z]{1,8}n't(?![A-Za-z0-9\u00c0-\u024f])|'(?:s|S|re|RE|ve|VE|ll|LL|d|D|m|M)(?![A-Za-z0-9\u00c0-\u024f])/gu;
/** Words that are joined by signs or by capital letters: they are found whole and in parts. */
const MAY_BE_JOINED = pattern(`(?:[^${SEPARATORS}]|['_-])+`);
const IS_JOINED = new RegExp(`[^${SEPARATORS}]['_-]+[^${SEPARATORS}]|[a-z][A-Z]|[A-Z][A-Z][a-z]`, 'u');
const LONGEST_JOINED = 60;
const SPACELESS = pattern(`[${SPACELESS_BASE}${SPACELESS_MARKS}]+`);
const SPACELESS_CHARACTER = pattern(`[${SPACELESS_BASE}][${SPACELESS_MARKS}]*`);
const SEPARATOR = pattern(`[${SEPARATORS}]+`);

/**
 * Returns the words of a text in lower case, in their order, then the joined words as a whole. In scripts without
 * spaces a word is each pair of neighbouring characters, with the first and the last character of a run.
 */
export function wordsOf(text: string): string[] {
  let rest = text.replaceAll('\0', ' ').replaceAll('`', "'");
  if (NON_ASCII.test(rest)) {
    rest = rest.replaceAll(APOSTROPHES, "'").normalize('NFKC').replaceAll('İ', 'i').replaceAll(INVISIBLE, '');
    rest = rest.replaceAll(DIGIT, (digit) => String(DIGITS.indexOf(digit) % 10));
  }
  rest = rest.replaceAll(CONTRACTIONS, ' ');
  if (NON_ASCII.test(rest)) rest = rest.replaceAll(SPACELESS, ' $& ');
  const whole = (rest.match(MAY_BE_JOINED) ?? [])
    .filter((word) => word.length <= LONGEST_JOINED && IS_JOINED.test(word))
    .map((word) => word.replaceAll(/['_-]/g, ''));
  if (NON_ASCII.test(rest)) rest = rest.replaceAll(SPACELESS_CHARACTER, '$& $&');
  rest = rest.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  return [rest.replaceAll(SEPARATOR, ' '), ...whole]
    .join(' ')
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .split(' ')
    .filter((word) => word !== '');
}

const ONE_SPACELESS = new RegExp(`^[${SPACELESS_BASE}][${SPACELESS_MARKS}]*$`, 'u');
const HAN = /[\u4e00-\u9fff]/gu;
const HANGUL = /^[\uac00-\ud7a3]$/u;

/**
 * Weighs the words of a question. In scripts without spaces the pairs count as words. A single character counts when
 * it stands alone; of longer runs the Han characters and the first Hangul syllable (a noun before its particle) count
 * less (`isWhole` is false), and the others nothing.
 */
export function weightedWords(words: readonly string[]): { word: string; isWhole: boolean }[] {
  return words.flatMap((word, index) => {
    const parts = [...word.matchAll(HAN)].map(([character]) => ({ word: character, isWhole: false }));
    if (!ONE_SPACELESS.test(word)) return [{ word, isWhole: true }, ...parts];
    const isAlone = words[index + 1] === word || words[index - 1] === word;
    if (isAlone) return [{ word, isWhole: true }];
    if (HANGUL.test(word) && words[index + 1]?.startsWith(word)) return [{ word, isWhole: false }];
    return parts;
  });
}

const QUESTION_MARKS = ['?', '？', '؟'];
const SENTENCE_ENDS = new Set([...QUESTION_MARKS, '.', '!', '…', '。', '！', '\n']);

/** Returns the last sentence that ends with a question mark, or the whole text. */
export function lastQuestionOf(text: string): string {
  const end = Math.max(...QUESTION_MARKS.map((mark) => text.lastIndexOf(mark)));
  if (end < 0) return text;
  let start = end;
  while (start > 0 && !SENTENCE_ENDS.has(text[start - 1] ?? '')) start -= 1;
  return text.slice(start, end + 1);
}
