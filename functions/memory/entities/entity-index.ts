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

const IndexFile = z.object({ version: z.literal(1), entities: z.array(IndexEntry) });

/** The index of a set of files: the same files give the same text, in whatever order. Nothing in it depends on a clock or a model. */
export function writeIndex(entries: readonly IndexEntry[]): string {
  const sorted = entries.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  return `${JSON.stringify({ version: 1, entities: sorted }, null, 1)}\n`;
}

/** The entries of an index file; none of one that cannot be read, which a rebuild then writes anew. */
export function readIndex(text: string | undefined): IndexEntry[] {
  const parsed = jsonText(IndexFile).safeParse(text ?? '');
  return parsed.success ? parsed.data.entities : [];
}

/** Whether a text is an index, of whatever files. */
export function isIndex(text: string | undefined): boolean {
  return jsonText(IndexFile).safeParse(text ?? '').success;
}

/** The index after some files changed; undefined stands for a file that is no more. The same as of all files anew. */
export function updateIndex(
  entries: readonly IndexEntry[],
  changed: ReadonlyMap<string, string | undefined>,
): IndexEntry[] {
  const kept = entries.filter(({ path }) => !changed.has(path));
  const fresh = [...changed].flatMap(([path, text]) =>
    text === undefined || !isEntityPath(path) ? [] : [indexEntry(path, text)],
  );
  return [...kept, ...fresh];
}

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
