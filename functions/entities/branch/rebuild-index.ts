import type { Transaction } from '../../platform/database/database.ts';
import { parseEntity } from '../files/entity-file.ts';
import { indexWrites, isIndexPath } from '../files/entity-index.ts';
import { isEntityPath } from '../files/ontology.ts';
import {
  type BlockRow,
  deleteMomentaryBlocks,
  insertBlocks,
  listBlocks,
  updateBlocksEnded,
} from '../sql/memory-block.ts';
import { listFiles, type Owner } from '../sql/memory-object.ts';
import { claimRepository, findHead } from '../sql/memory-repository.ts';
import { textsAt } from './apply-change-set.ts';
import { blockRow } from './record-commit.ts';
import { writeCommit } from './write-commit.ts';

export interface Rebuilt {
  entities: number;
  blocks: number;
  repaired_blocks: number;
  commit_id: string | null;
}

/** Makes the index and the rows of blocks say what the files say. A commit is made only where the index was another. */
export async function rebuildIndex(transaction: Transaction, owner: Owner): Promise<Rebuilt> {
  const repository = await claimRepository(transaction);
  const head = repository && (await findHead(transaction, repository.branch));
  if (repository === undefined || head === undefined) {
    return { entities: 0, blocks: 0, repaired_blocks: 0, commit_id: null };
  }
  const paths = (await listFiles(transaction, head.tree_id)).map(({ path }) => path);
  const texts = await textsAt(transaction, head.tree_id, paths.filter(isEntityPath));
  const at = head.committed_at;
  const expected = [...texts].flatMap(([path, text]) =>
    parseEntity(text).blocks.map((block) => blockRow(path, block, { commitId: head.id, at })),
  );
  const { wrong, missing } = compare(await listBlocks(transaction, {}), expected);
  if (wrong.length > 0) await transaction.query(updateBlocksEnded(owner, at, wrong));
  // A row that ends at the moment at which it began was never true: its place in time is free again.
  if (wrong.length > 0) await transaction.query(deleteMomentaryBlocks(owner));
  if (missing.length > 0) await transaction.query(insertBlocks(owner, repository.id, missing));
  const entries = indexWrites(texts);
  const strays = paths.filter((path) => isIndexPath(path) && !entries.has(path));
  const writes = new Map([...entries, ...strays.map((path) => [path, undefined] as const)]);
  const plan = { owner, repository, head, writes, message: 'Rebuild the index' };
  const committed = await writeCommit(transaction, plan);
  return {
    entities: texts.size,
    blocks: expected.length,
    repaired_blocks: new Set([...wrong, ...missing].map(keyOf)).size,
    commit_id: committed?.id ?? null,
  };
}

function compare(current: readonly BlockRow[], expected: readonly BlockRow[]) {
  const should = new Map(expected.map((row) => [keyOf(row), row]));
  const wrong = current.filter((row) => !saysTheSame(row, should.get(keyOf(row))));
  const right = new Set(current.filter((row) => !wrong.includes(row)).map(keyOf));
  return { wrong, missing: expected.filter((row) => !right.has(keyOf(row))) };
}

function saysTheSame(row: BlockRow, other: BlockRow | undefined): boolean {
  const { heading, text, strength, always_load: alwaysLoad } = row;
  return (
    heading === other?.heading && text === other.text && strength === other.strength && alwaysLoad === other.always_load
  );
}

function keyOf({ path, block }: Pick<BlockRow, 'path' | 'block'>): string {
  return `${path} ${block}`;
}
