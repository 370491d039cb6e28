import type { Edit } from '../files/edit.ts';
import { parseEntity } from '../files/entity-file.ts';
import { saidIn } from './borrowed-words.ts';

/** What an edit brings into a file. */
export function saidByEdit(edit: Edit): string {
  if (edit.op === 'replace') return edit.replacement;
  const blocks = edit.op === 'append' ? [edit.block] : edit.blocks;
  const head = edit.op === 'create' ? [edit.path, edit.name, ...edit.aliases] : [];
  return [...head, ...blocks.flatMap(({ heading, text }) => [heading, text])].join('\n');
}

/** What a list of all files shows of one: its path and what it is called. */
export function listedAs(path: string, text: string): string {
  const { name = '', aliases } = parseEntity(text).frontmatter;
  return [path, name, ...aliases].join('\n');
}

/** The words that stand in some texts and in none of the others, in small letters. */
export function wordsOnlyIn(texts: readonly string[], others: readonly string[]): Set<string> {
  const words = saidIn(texts);
  if (words.size > 0) for (const word of saidIn(others)) words.delete(word);
  return words;
}

/** The lines of a text that another one does not have. */
export function linesOnlyIn(text: string, other: string): string {
  const lines = new Set(other.split('\n'));
  return text
    .split('\n')
    .filter((line) => !lines.has(line))
    .join('\n');
}
