import { z } from 'zod';
import { jsonText } from '../../platform/models/parse-json.ts';
import { parseEntity } from './entity-file.ts';
import { isEntityPath } from './ontology.ts';

/** What the index says about an entity: all of it from the file's own text. */
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

/** Where the entries of the index lie: each in a file of its own, so that a commit writes what it changed and not the index of everything. */
export const INDEX = 'index';
const ENTITY = '.md';
const ENTRY = '.json';

/** Where an entity's entry lies: `index/memories/people/maya.json`. */
export function indexPath(entity: string): string {
  return `${INDEX}/${entity.slice(0, -ENTITY.length)}${ENTRY}`;
}

/** The entity whose entry lies there; undefined for a path that is no entry's, such as somebody's own file in that folder. */
export function entityOfEntry(path: string): string | undefined {
  if (!path.startsWith(`${INDEX}/`) || !path.endsWith(ENTRY)) return undefined;
  const entity = `${path.slice(INDEX.length + 1, -ENTRY.length)}${ENTITY}`;
  return isEntityPath(entity) ? entity : undefined;
}

export function isIndexPath(path: string): boolean {
  return entityOfEntry(path) !== undefined;
}

/** An entry's file: the same entity gives the same text. Nothing in it depends on a clock or a model. */
export function writeEntry(entry: IndexEntry): string {
  return `${JSON.stringify(entry, null, 1)}\n`;
}

/** The entry of a file; undefined of one that is none, which a rebuild then writes anew. */
export function readEntry(text: string): IndexEntry | undefined {
  return jsonText(IndexEntry).safeParse(text).data;
}

/** What the index has to say after some files changed, by path; undefined stands for a file that is no more. */
export function indexWrites(changed: ReadonlyMap<string, string | undefined>): Map<string, string | undefined> {
  return new Map(
    [...changed].flatMap(([path, text]): [string, string | undefined][] =>
      isEntityPath(path)
        ? [[indexPath(path), text === undefined ? undefined : writeEntry(indexEntry(path, text))]]
        : [],
    ),
  );
}

/** What the index has to say about a file. */
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
