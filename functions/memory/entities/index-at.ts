import type { Queryable } from '../../platform/database/database.ts';
import { listBlobs, listFiles } from '../sql/memory-object.ts';
import { INDEX, type IndexEntry, isIndexPath, readEntry } from './entity-index.ts';

/** The index of a commit, by path; of no commit nothing. What is no entry is left out. */
export async function indexAt(queryable: Pick<Queryable, 'query'>, treeId: string | undefined): Promise<IndexEntry[]> {
  if (treeId === undefined) return [];
  const files = (await listFiles(queryable, treeId, INDEX)).filter(({ path }) => isIndexPath(path));
  const blobs = await listBlobs(
    queryable,
    files.map(({ blob_id: id }) => id),
  );
  const texts = new Map(blobs.map(({ id, text }) => [id, text]));
  return files.flatMap(({ blob_id: id }) => readEntry(texts.get(id) ?? '') ?? []);
}
