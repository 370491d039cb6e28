import type { Queryable } from '../../platform/database/database.ts';
import { isEntityPath } from '../entities/ontology.ts';
import { listFiles, listTexts } from '../sql/memory-object.ts';

/** The texts of all entity files of a commit, by path in the order of its bytes; none of no commit. */
export async function entityTexts(queryable: Queryable, treeId: string | undefined): Promise<Map<string, string>> {
  if (treeId === undefined) return new Map();
  const paths = (await listFiles(queryable, treeId)).map(({ path }) => path).filter(isEntityPath);
  return new Map((await listTexts(queryable, treeId, paths)).map(({ path, text }) => [path, text]));
}
