/** C0 and C1 controls, line separators, and the marks that turn the direction of text; \n and \t stay. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Makes ANSI sequences, overwriting `\r` and direction tricks visible: `ESC[31m` becomes `\x1b[31m`. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (character) => {
    if (character === '\r') return '\\r';
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
