/** Words of a language, each list separated by spaces. */
export interface LanguageWords {
  /** Whole words in lower case; a capital letter matches only itself ("I", because "i" is "and" in Polish). */
  words?: string;
  /** Beginnings of words, in lower case. */
  stems?: string;
  /** Parts of a text, for scripts without spaces between words, and for several words in a row (joined by _). */
  signs?: string;
}

/** Returns a function that says whether a text has any of the words of any language. It runs in linear time. */
export function wordMatcher(languages: Readonly<Record<string, LanguageWords>>): (text: string) => boolean {
  const all = (field: keyof LanguageWords) =>
    Object.values(languages).flatMap((language) => language[field]?.split(/\s+/) ?? []);
  const words = new Set(all('words'));
  const stems = all('stems');
  const signs = new RegExp(all('signs').join('|').replaceAll('_', ' ') || '(?!)', 'iu');
  return (given) => {
    const text = given.normalize('NFC').replaceAll('’', "'");
    if (signs.test(text)) return true;
    for (const [word] of text.matchAll(/[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}]+)*/gu)) {
      const small = word.toLowerCase();
      // Arabic writes "and" as a part of the next word.
      if (words.has(word) || words.has(small) || words.has(small.replace(/^[وف]/, ''))) return true;
      if (stems.some((stem) => small.startsWith(stem))) return true;
    }
    return false;
  };
}
