import type { Transaction } from '../../platform/database/database.ts';
import { type BlockRow, listBlocks } from '../sql/memory-block.ts';

/**
 * The new rows of blocks, where those that a commit only moved from one place to another keep the commit that their words came with: who said something does not
 * change when it is put elsewhere.
 */
export async function withBlame(
  transaction: Transaction,
  begun: readonly BlockRow[],
  ended: readonly { path: string; block: string; text: string }[],
): Promise<BlockRow[]> {
  const texts = new Set(begun.map(({ text }) => text));
  const moved = ended.filter(({ text }) => texts.has(text));
  if (moved.length === 0) return [...begun];
  const places = new Set(moved.map(({ path, block }) => `${path} ${block}`));
  const rows = await listBlocks(transaction, { paths: [...new Set(moved.map(({ path }) => path))] });
  const origins = new Map<string, string>();
  for (const row of rows) if (places.has(`${row.path} ${row.block}`)) origins.set(wordsOf(row), row.commit_id);
  return begun.map((row) => ({ ...row, commit_id: origins.get(wordsOf(row)) ?? row.commit_id }));
}

function wordsOf({ heading, text }: Pick<BlockRow, 'heading' | 'text'>): string {
  return `${heading}\n${text}`;
}
