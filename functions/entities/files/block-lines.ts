/**
 * What the lines of an entity file mean. A marker begins its line. Words may follow (`/END 2026-05-07`), but a path
 * such as `/start/here` is not a marker. In a code fence nothing has a meaning.
 */
export interface BlockLine {
  /** With its line end. */
  line: string;
  kind: 'start' | 'end' | 'heading' | 'text';
  /** Whether the line is in a code fence, or is its first or last line. */
  isCode: boolean;
}

const START = /^\/START(?:\s|$)/i;
const END = /^\/END(?:\s|$)/i;
export const HEADING = /^###\s+(?=\S)/;

/** Returns the lines of a text without frontmatter. Joined they are the text. */
export function blockLines(body: string): BlockLine[] {
  const lines = body.split(/(?<=\n)/);
  const { code } = fencesOf(lines);
  return lines.map((line, index) => {
    const isCode = code.has(index);
    return { line, kind: isCode ? 'text' : kindOf(line), isCode };
  });
}

function kindOf(line: string): BlockLine['kind'] {
  if (START.test(line)) return 'start';
  if (END.test(line)) return 'end';
  return HEADING.test(line) ? 'heading' : 'text';
}

/** Returns the fence that closes the code that a text leaves open; undefined when it leaves none open. */
export function missingFence(text: string): string | undefined {
  return fencesOf(text.split(/(?<=\n)/)).open;
}

/**
 * Finds code fences as in CommonMark: three or more backticks or tildes, closed by at least as many of the same sign
 * and nothing else. A fence in a list item is indented, so any indentation is allowed. A fence that nothing closes is
 * text: a forgotten fence must not hide the rest of the file.
 */
function fencesOf(lines: readonly string[]): { code: Set<number>; open: string | undefined } {
  const code = new Set<number>();
  // Of each sign: fences of this length and longer ones are not closed by any line that follows.
  const unclosed = new Map<string, number>();
  let open: string | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    const fence = openingFence(lines[at] ?? '');
    if (fence === undefined || fence.length >= (unclosed.get(fence.charAt(0)) ?? Number.POSITIVE_INFINITY)) continue;
    let end = at + 1;
    while (end < lines.length && !closes(lines[end] ?? '', fence)) end += 1;
    if (end === lines.length) {
      open ??= fence;
      unclosed.set(fence.charAt(0), fence.length);
      continue;
    }
    for (let index = at; index <= end; index += 1) code.add(index);
    at = end;
  }
  return { code, open };
}

function openingFence(line: string): string | undefined {
  const [, fence, info = ''] = /^[ \t]*(`{3,}|~{3,})([^\n]*)/.exec(line) ?? [];
  return fence?.startsWith('`') && info.includes('`') ? undefined : fence;
}

function closes(line: string, fence: string): boolean {
  const closing = line.trim();
  return closing.length >= fence.length && closing === fence.charAt(0).repeat(closing.length);
}
