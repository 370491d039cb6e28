import { type Edit, headOf } from './edit.ts';
import { parseEntity } from './entity-file.ts';
import { kindOfPath, PROFILE } from './ontology.ts';

type Create = Extract<Edit, { op: 'create' }>;

/** The head of a file whose own head is not to be used: a name made of the path, the kind of its folder, and nothing else. */
export function plainHead(path: string): Pick<Create, 'name' | 'type' | 'aliases'> {
  if (path === PROFILE) return { name: 'user', type: 'person', aliases: [] };
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
  const name = stem.replaceAll(/[_-]+/g, ' ').replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
  return { name: name.trim(), type: kindOfPath(path)?.kind ?? 'unknown', aliases: [] };
}

/** A file whose head went with whoever wrote it gets a plain one. */
export function withHead(path: string, text: string): string {
  return parseEntity(text).preamble.trim() === '' ? headOf(plainHead(path)) + text : text;
}
