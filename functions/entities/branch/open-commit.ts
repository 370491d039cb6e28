import type { Queryable } from '../../platform/database/database.ts';
import { findHead, findRepository, type HeadRow } from '../sql/memory-repository.ts';

/** The newest commit of the person's memory, or the newest at a moment; undefined where there is none. */
export async function openCommit(queryable: Queryable, asOf?: string): Promise<HeadRow | undefined> {
  const repository = await findRepository(queryable);
  return repository === undefined ? undefined : findHead(queryable, repository.branch, asOf);
}
