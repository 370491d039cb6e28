/** The reads of the branch that other domains may use. Each sees the files of the transaction's user only. */
export { type BlockRow, listBlocks } from '../sql/memory-block.ts';
export { findCommit, type HistoryRow, listHistory } from '../sql/memory-commit.ts';
export { listFolder } from '../sql/memory-object.ts';
export type { HeadRow } from '../sql/memory-repository.ts';
