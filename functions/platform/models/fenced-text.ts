/**
 * Returns the content of the first Markdown code fence of a text, without a language or with `json`. The fence may
 * begin at the end of a line of prose. Reads each line once: a pattern would search the whole rest of the text from
 * every fence.
 */
export function fencedText(text: string): string | undefined {
  const lines = text.split('\n');
  const open = lines.findIndex((line) => {
    const end = line.trimEnd();
    return end.endsWith('```') || end.endsWith('```json');
  });
  const close = lines.findIndex((line, index) => index > open && line.trimStart().startsWith('```'));
  return open < 0 || close < 0 ? undefined : lines.slice(open + 1, close).join('\n');
}
