/**
 * Escapes untrusted text for a prompt. Angle brackets are escaped, so the text cannot close its own tag or open
 * another. Invisible characters are spelled out, so the text cannot contain words that a model reads and a person does
 * not see.
 */
export function showAsData(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** Reverses {@link showAsData}, for words that a model copied from escaped text. */
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

/** Escapes text as {@link showAsData} does and puts it on one line, for an attribute value or a list item. */
export function showOnOneLine(text: string): string {
  return showAsData(text.replaceAll(/[\r\n\t\u2028\u2029]+/g, ' ')).replaceAll('"', '&quot;');
}

/**
 * Control, format (zero-width, bidirectional, tags), private-use and unassigned characters, line and paragraph
 * separators, variation selectors, and fillers that are drawn as nothing. Tab and line feed are not among them. It is
 * an alternation, because some of them combine with the previous character.
 */
const INVISIBLE =
  /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]|\u034f|\p{Variation_Selector}|[\u17b4\u17b5]/gu;
