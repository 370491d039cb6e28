import { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import { INDEX, IndexEntry, isIndexPath, readEntry } from '../files/entity-index.ts';
import { isEntityPath } from '../files/ontology.ts';
import type { TreeFile } from '../git/object.ts';
import { listStrengths } from '../sql/memory-commit.ts';
import { listBlobs, listFiles, listTexts, listTextsIn } from '../sql/memory-object.ts';
import { findHead, findRepository, type HeadRow } from '../sql/memory-repository.ts';

/**
 * Reads of the branch of the transaction's user. Without a commit (`undefined`) there are no files. Other domains read
 * the branch through this file.
 */

export { type BlockRow, listBlocks } from '../sql/memory-block.ts';
export { findCommit, type HistoryRow, listHistory } from '../sql/memory-commit.ts';
export { listFolder } from '../sql/memory-object.ts';
export type { HeadRow } from '../sql/memory-repository.ts';

type Reader = Pick<Queryable, 'query'>;

/** Returns the head of the branch, or its newest commit at the moment `asOf`; undefined when there is none. */
export async function openCommit(queryable: Queryable, asOf?: string): Promise<HeadRow | undefined> {
  const repository = await findRepository(queryable);
  return repository === undefined ? undefined : findHead(queryable, repository.branch, asOf);
}

/** Returns all files of a commit by path. */
export async function filesAt(queryable: Reader, head: HeadRow | undefined): Promise<Map<string, TreeFile>> {
  const rows = head ? await listFiles(queryable, head.tree_id) : [];
  return new Map(rows.map(({ path, blob_id: id, mode }) => [path, { id, mode }]));
}

/** Returns the texts of these paths in a tree. A path that is missing, or whose file is not text, is left out. */
export async function textsAt(
  queryable: Reader,
  treeId: string | undefined,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const rows = treeId === undefined ? [] : await listTexts(queryable, treeId, paths);
  return new Map(rows.map(({ path, text }) => [path, text]));
}

/**
 * Returns the texts of all entity files of a tree, in byte order of the paths. It lists the tree once and reads the
 * blobs by id: following each path would read a folder of 1,000 files 1,000 times.
 */
export async function entityTexts(queryable: Queryable, treeId: string | undefined): Promise<Map<string, string>> {
  if (treeId === undefined) return new Map();
  const files = (await listFiles(queryable, treeId)).filter(({ path }) => isEntityPath(path));
  const blobs = await listBlobs(
    queryable,
    files.map(({ blob_id: id }) => id),
  );
  const texts = new Map(blobs.map(({ id, text }) => [id, text]));
  return new Map(files.map(({ path, blob_id: id }) => [path, texts.get(id) ?? '']));
}

/** Returns the index of a tree, by path. Files in the index folder that are not index entries are left out. */
export async function indexAt(queryable: Reader, treeId: string | undefined): Promise<IndexEntry[]> {
  const files = treeId === undefined ? [] : await listTextsIn(queryable, treeId, INDEX);
  return files.filter(({ path }) => isIndexPath(path)).flatMap(({ text }) => readEntry(text) ?? []);
}

/** An entity in a list: its index entry, and how often and when it changed. */
export const Entity = IndexEntry.extend({
  edits: z.int().meta({ description: 'Commits that changed it' }),
  changed_at: z.string(),
  strength: z.number().meta({ description: '0.7·log10(edits) + 0.3·e^(−days since the last edit ÷ 30)' }),
});
export type Entity = z.infer<typeof Entity>;

/** Returns the entities of a commit by path, with their strengths. */
export async function entitiesAt(queryable: Queryable, head: HeadRow): Promise<Entity[]> {
  const strengths = new Map((await listStrengths(queryable, head.position)).map((row) => [row.path, row]));
  return (await indexAt(queryable, head.tree_id)).map((entry) => {
    const { edits = 1, changed_at = head.committed_at, strength = 0 } = strengths.get(entry.path) ?? {};
    return { ...entry, edits, changed_at, strength };
  });
}
