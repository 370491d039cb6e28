/**
 * Shows a name to the person who decides about it, so that it cannot look like another. What is not drawn as itself is
 * written as `\u{…}`: control, zero-width, bidirectional and other invisible characters, blanks except the space,
 * characters that look like ASCII ones, and letters of another script in a word with Latin letters (`pаypal` with a
 * Cyrillic а). A word that is wholly of another script is left as it is, unless all of it looks Latin.
 */
export function showExactly(name: string): string {
  return show(name, {
    isLikeAscii: (character) => SIGNS.has(character) || RARE_LATIN.test(character) || foldsToAscii(character),
    isLikeLatin: (word) => LATIN_LOOKS.test(word),
  });
}

/**
 * Shows a text of several lines in the same way, but leaves the punctuation of prose, and words such as `сон` in a line
 * that is written in their script. Each line begins with a mark, so that none can look like a line of what surrounds
 * it.
 */
export function showLines(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const words = line.match(WORD) ?? [];
      const isOfScript = words.some((word) => LIKE_LATIN.test(word) && !LATIN.test(word) && !LATIN_LOOKS.test(word));
      const shown = show(line, {
        isLikeAscii: (character) => !PROSE.has(character) && foldsToAscii(character),
        isLikeLatin: (word) => !isOfScript && LATIN_LOOKS.test(word),
      });
      return `  | ${shown}`;
    })
    .join('\n');
}

interface Looks {
  isLikeAscii: (character: string) => boolean;
  /** Whether a word of another script looks wholly Latin. */
  isLikeLatin: (word: string) => boolean;
}

function show(text: string, { isLikeAscii, isLikeLatin }: Looks): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll(NOT_DRAWN, spell)
    .replaceAll(NOT_ASCII, (character) => (isLikeAscii(character) ? spell(character) : character))
    .replaceAll(WORD, (word) => {
      const isOther = LIKE_LATIN.test(word) && (LATIN.test(word) || isLikeLatin(word));
      return isOther ? word.replaceAll(NOT_ASCII, spell) : word;
    });
}

const NOT_DRAWN =
  /(?! )[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zs}\p{Zl}\p{Zp}\u2800]|\p{Default_Ignorable_Code_Point}|\p{Variation_Selector}/gu;
const NOT_ASCII = /\P{ASCII}/gu;

/** Slashes, backslashes, dots, colons, bars, dashes and quotes of other blocks. */
const SIGNS = new Set('∕⁄⧸╱⟋⧵∖⟍․‥…·‧ꓸꞏ∶ː׃։ꓽ‐‑‒–—−﹘‘’‚′ʹʼ“”„″❘ǀ∣⏐');
const PROSE = new Set('…“”‘’');
/** Latin letters that are drawn like others: dotless i and j, long s, and those of phonetic alphabets. */
const RARE_LATIN = /[ıȷſ\u0250-\u02af\u1d00-\u1d7f\ua720-\ua7ff\uab30-\uab6f]/u;

/** Whether Unicode says that a character is a form of ASCII ones: `ａ`, `𝐚`, `ﬁ`, `／`. */
function foldsToAscii(character: string): boolean {
  const folded = character.normalize('NFKC');
  return folded !== character && /^[\x21-\x7e]+$/.test(folded);
}

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const LATIN = /\p{Script=Latin}/u;
/**
 * Scripts with letters that look like Latin ones. Chinese or Hindi letters beside Latin ones are common and look like
 * none.
 */
const LIKE_LATIN =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u;
/** Cyrillic and Greek letters that are drawn as Latin ones. */
const LATIN_LOOKS = /^[асеорхуіјѕԛԝһԁӏАВСЕНІЈКМОРЅТХУԚԜαορνυκιΑΒΕΖΗΙΚΜΝΟΡΤΥΧ0-9]+$/u;

const ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function spell(character: string): string {
  return ESCAPES[character] ?? `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
