import type { Edit } from './edit.ts';
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

/**
 * A file whose head went with whoever wrote it gets one that names nothing: what it is called is then read from its path, and any file that has a name of its own
 * counts for more.
 */
export function withHead(path: string, text: string): string {
  if (parseEntity(text).preamble.trim() !== '') return text;
  return `---\ntype: ${plainHead(path).type}\n---\n\n${text}`;
}
