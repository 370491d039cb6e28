import type { Transaction } from '../../platform/database/database.ts';
import { indexWrites, isIndexPath } from '../files/entity-index.ts';
import { isEntityPath } from '../files/ontology.ts';
import { deleteMomentaryBlocks, listBlocks, retokenizeMemory, updateBlocks } from '../sql/memory-block.ts';
import { listFiles, type Owner } from '../sql/memory-object.ts';
import { claimRepository, findHead } from '../sql/memory-repository.ts';
import { changeBlocks, keyOf } from './block-rows.ts';
import { textsAt } from './read-branch.ts';
import { writeCommit } from './write-commit.ts';

export interface Rebuilt {
  entities: number;
  blocks: number;
  repaired_blocks: number;
  retokenized_rows: number;
  commit_id: string | null;
}

/**
 * Repairs the index and the block rows so that they match the files, and the lexemes of all memory so that they are of
 * this version of the tokenizer. Commits only when the index was wrong.
 */
export async function rebuildIndex(transaction: Transaction, owner: Owner): Promise<Rebuilt> {
  const retokenized = await retokenizeMemory(transaction);
  const repository = await claimRepository(transaction);
  const head = repository && (await findHead(transaction, repository.branch));
  if (repository === undefined || head === undefined) {
    return { entities: 0, blocks: 0, repaired_blocks: 0, retokenized_rows: retokenized, commit_id: null };
  }
  const paths = (await listFiles(transaction, head.tree_id)).map(({ path }) => path);
  const texts = await textsAt(transaction, head.tree_id, paths.filter(isEntityPath));
  const at = head.committed_at;
  const current = await listBlocks(transaction, {});
  const { ended, begun, named } = changeBlocks(current, texts, { commitId: head.id, at });
  await transaction.queryAll([
    ...updateBlocks(owner, repository.id, { ended: ended.map((row) => ({ ...row, at })), begun: [], named: [] }),
    // A wrong row of the head's own commit now ends when it begins; its key must be free for the right one.
    ...(ended.length > 0 ? [deleteMomentaryBlocks(owner)] : []),
    ...updateBlocks(owner, repository.id, { ended: [], begun, named }),
  ]);
  const entries = indexWrites(texts);
  const strays = paths.filter((path) => isIndexPath(path) && !entries.has(path));
  const writes = new Map([...entries, ...strays.map((path) => [path, undefined] as const)]);
  const plan = { owner, repository, head, writes, message: 'Rebuild the index' };
  const committed = await writeCommit(transaction, plan);
  return {
    entities: texts.size,
    blocks: current.length - ended.length + begun.length,
    repaired_blocks: new Set([...ended, ...begun].map(keyOf)).size,
    retokenized_rows: retokenized,
    commit_id: committed?.id ?? null,
  };
}
