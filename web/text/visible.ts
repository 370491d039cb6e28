/**
 * C0 and C1 controls, line separators and bidirectional marks; \n and \t are not among them. The same characters as in
 * the server's `functions/platform/escape-controls.ts`.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern searches for control characters.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Makes control characters and bidirectional marks of a foreign text visible, so that they cannot change what a reader
 * sees: `ESC[31m` becomes `\x1b[31m`.
 */
export function visible(text: string): string {
  return text.replace(CONTROLS, (character) => {
    if (character === '\r') return '\\r';
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Shows a name, such as a path, in one line: {@link visible}, and `\n` and `\t` are escaped, too. */
export function visibleName(name: string): string {
  return visible(name).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}
