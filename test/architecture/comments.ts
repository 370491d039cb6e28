/** A comment of a source file. A comment of several lines is one entry for each line. */
export interface CommentLine {
  /** From 1. */
  line: number;
  text: string;
}

/** Returns the lines that contain comments, whole lines with the code beside them. Knows TypeScript, SQL and shell. */
export function commentLines(path: string, text: string): CommentLine[] {
  const lines = text.split('\n');
  const numbers = path.endsWith('.ts') || path.endsWith('.mjs') ? linesOfScript(text) : linesMarked(path, lines);
  return [...numbers].map((line) => ({ line, text: lines[line - 1] ?? '' }));
}

/** Returns only the words of the comments of a file. */
export function commentText(path: string, text: string): string {
  const isScript = path.endsWith('.ts') || path.endsWith('.mjs');
  if (isScript)
    return commentRanges(text)
      .map(([start, end]) => text.slice(start, end))
      .join('\n');
  return commentLines(path, text)
    .map((comment) => comment.text.slice(comment.text.search(markOf(path))))
    .join('\n');
}

/** SQL has comments after `--`, unless a text literal is open; shell has comments after `#` at a word's start. */
function markOf(path: string): RegExp {
  return path.endsWith('.sql') ? /(?<=^(?:[^']|'[^']*')*)--/ : /(?<=^|\s)#/;
}

function linesMarked(path: string, lines: string[]): number[] {
  return lines.flatMap((line, index) => (markOf(path).test(line) ? [index + 1] : []));
}

function linesOfScript(text: string): Set<number> {
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  const found = new Set<number>();
  for (const [start, end] of commentRanges(text))
    for (let line = lineOf(start); line <= lineOf(end); line += 1) found.add(line);
  return found;
}

/** What can contain the mark of a comment without starting one, or is one. The order of the alternatives matters. */
const TOKENS =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<template>`)|(?<=(?:[(,=:[!&|?{;]|\breturn|=>)\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/|(?<open>\{)|(?<close>\})/g;

/** Returns the offsets of comments, without those in strings, templates and regular expressions. */
function commentRanges(text: string): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  // Depths of `{` at which a `}` continues a template.
  const templates: number[] = [];
  let depth = 0;
  const tokens = new RegExp(TOKENS);
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    const { comment, template, open, close } = token.groups ?? {};
    if (comment !== undefined) ranges.push([token.index, token.index + comment.length]);
    if (open) depth += 1;
    const continues = close !== undefined && templates.at(-1) === depth;
    if (close && !continues) depth -= 1;
    if (template === undefined && !continues) continue;
    if (continues) templates.pop();
    tokens.lastIndex = endOfTemplatePart(text, token.index + 1);
    if (text[tokens.lastIndex - 1] === '{') templates.push(depth);
  }
  return ranges;
}

/** Returns the offset after the template's closing backtick, or after its next `${`. */
function endOfTemplatePart(text: string, start: number): number {
  const end = /(?<!\\)(?:\\\\)*(?:`|\$\{)/g;
  end.lastIndex = start;
  const found = end.exec(text);
  return found === null ? text.length : end.lastIndex;
}
