import type { Queryable } from '../../platform/database/database.ts';
import { isEntityPath } from '../files/ontology.ts';
import { listBlobs, listFiles } from '../sql/memory-object.ts';

/**
 * The texts of all entity files of a commit, by path in the order of its bytes; none of no commit. The tree is walked once and the blobs are read by their ids: to go
 * along each path would read a folder of a thousand files a thousand times.
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
