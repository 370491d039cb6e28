/**
 * Text of others inside a prompt. Angle brackets are escaped, so it cannot close its own frame or open another; characters that a reader does
 * not see are spelled out, so it cannot hide words from a person that a model would read.
 */
export function showAsData(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** What {@link showAsData} made of a text, as the text was: for words that a model copied from what it was shown. */
export function unescapeShown(shown: string): string {
  return shown
    .replaceAll(/\\u\{([0-9a-f]{1,5}|10[0-9a-f]{4})\}/g, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    )
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** The same on one line, for the value of an attribute or an entry of a list. */
export function showOnOneLine(text: string): string {
  return showAsData(text.replaceAll(/[\r\n\t\u2028\u2029]+/g, ' ')).replaceAll('"', '&quot;');
}

/**
 * Control, format (zero-width, bidirectional, tags), private-use and unassigned characters, line and paragraph separators, variation selectors and
 * the fillers that are drawn as nothing. Tab and line feed stay. An alternation, because some of them combine with what stands before.
 */
const INVISIBLE =
  /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]|\u034f|\p{Variation_Selector}|[\u17b4\u17b5]/gu;
