import type { Queryable } from '../../platform/database/database.ts';
import { listTextsIn } from '../sql/memory-object.ts';
import { INDEX, type IndexEntry, isIndexPath, readEntry } from './entity-index.ts';

/** The index of a commit, by path; of no commit nothing. What is no entry is left out. */
export async function indexAt(queryable: Pick<Queryable, 'query'>, treeId: string | undefined): Promise<IndexEntry[]> {
  const files = treeId === undefined ? [] : await listTextsIn(queryable, treeId, INDEX);
  return files.filter(({ path }) => isIndexPath(path)).flatMap(({ text }) => readEntry(text) ?? []);
}
