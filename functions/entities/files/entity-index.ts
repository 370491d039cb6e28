import { z } from 'zod';
import { jsonText } from '../../platform/models/parse-json.ts';
import { parseEntity } from './entity-file.ts';
import { isEntityPath } from './ontology.ts';

/** The index entry of an entity. It is derived from the text of its file only. */
export const IndexEntry = z.strictObject({
  path: z.string(),
  name: z.string(),
  type: z.string(),
  aliases: z.array(z.string()),
  blocks: z.array(
    z.strictObject({
      id: z.string(),
      heading: z.string(),
      strength: z.enum(['low', 'medium', 'high']),
      always_load: z.boolean(),
    }),
  ),
  bytes: z.int().nonnegative(),
});
export type IndexEntry = z.infer<typeof IndexEntry>;

/**
 * The folder of the index. Each entry is a file of its own, so that a commit writes only the entries that it changed.
 */
export const INDEX = 'index';
const ENTITY = '.md';
const ENTRY = '.json';

/** Returns the path of an entity's index entry, such as `index/memories/people/maya.json`. */
export function indexPath(entity: string): string {
  return `${INDEX}/${entity.slice(0, -ENTITY.length)}${ENTRY}`;
}

/**
 * Returns the path of the entity that an index path belongs to; undefined for other paths, such as a user's own file in
 * that folder.
 */
export function entityOfEntry(path: string): string | undefined {
  if (!path.startsWith(`${INDEX}/`) || !path.endsWith(ENTRY)) return undefined;
  const entity = `${path.slice(INDEX.length + 1, -ENTRY.length)}${ENTITY}`;
  return isEntityPath(entity) ? entity : undefined;
}

export function isIndexPath(path: string): boolean {
  return entityOfEntry(path) !== undefined;
}

/** Returns the text of an index entry. Deterministic: it depends on no clock and no model. */
export function writeEntry(entry: IndexEntry): string {
  return `${JSON.stringify(entry, null, 1)}\n`;
}

/** Parses an index entry; undefined when the text is not one. Rebuilding the index repairs it. */
export function readEntry(text: string): IndexEntry | undefined {
  return jsonText(IndexEntry).safeParse(text).data;
}

/**
 * Returns the index files to write after these files changed, by path; undefined removes an entry. Files that are not
 * entities are ignored.
 */
export function indexWrites(changed: ReadonlyMap<string, string | undefined>): Map<string, string | undefined> {
  return new Map(
    [...changed].flatMap(([path, text]): [string, string | undefined][] =>
      isEntityPath(path)
        ? [[indexPath(path), text === undefined ? undefined : writeEntry(indexEntry(path, text))]]
        : [],
    ),
  );
}

/** Returns the index entry of a file. */
export function indexEntry(path: string, text: string): IndexEntry {
  const { frontmatter, blocks } = parseEntity(text);
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
  return {
    path,
    name: frontmatter.name ?? stem,
    type: frontmatter.type ?? 'unknown',
    aliases: frontmatter.aliases,
    blocks: blocks.map(({ id, heading, strength, alwaysLoad }) => ({
      id,
      heading,
      strength,
      always_load: alwaysLoad,
    })),
    bytes: Buffer.byteLength(text),
  };
}
