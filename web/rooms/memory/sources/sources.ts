import type { Item } from '../../../api/client.ts';
import { text } from '../../../text/memory-more.ts';

/** The words of a source, and what came from it by file. Pure. */

export type SourceItem = Item<'/api/v1/memory/sources'>;
export type SourceState = SourceItem['state'];

/** The states that are shown as a chip; learned is the usual one. */
export const STATE_LOOKS = {
  pending: 'plain',
  staged: 'attention',
  failed: 'failed',
  reverted: 'dashed',
} as const satisfies Record<Exclude<SourceState, 'learned'>, string>;

export const STATES = Object.keys(text.sources.states) as SourceState[];

/** How much came from a source. */
type Yield = Pick<SourceItem, 'facts' | 'blocks' | 'entities' | 'preferences'>;

/** Returns what came from a source: "3 facts, 2 blocks in 1 file". */
export function yieldOf({ facts, blocks, entities, preferences }: Yield): string {
  const { counts } = text.sources;
  const parts = [
    ...(facts > 0 ? [counts.facts(facts)] : []),
    ...(blocks > 0 ? [counts.blocks(blocks, entities)] : []),
    ...(preferences > 0 ? [counts.preferences(preferences)] : []),
  ];
  return parts.length === 0 ? counts.nothing : parts.join(', ');
}

interface YieldBlock {
  path: string;
  block: string;
  commit_id: string;
  until: string | null;
}

/** Groups the blocks by file. Text that is in the current files comes first. */
export function filesOf<T extends YieldBlock>(blocks: readonly T[]): { path: string; blocks: T[] }[] {
  const files = new Map<string, T[]>();
  for (const block of blocks) files.set(block.path, [...(files.get(block.path) ?? []), block]);
  const isCurrent = ({ until }: YieldBlock) => (until === null ? 0 : 1);
  return [...files]
    .map(([path, of]) => ({ path, blocks: of.toSorted((one, other) => isCurrent(one) - isCurrent(other)) }))
    .sort((one, other) => one.path.localeCompare(other.path));
}

/** Returns the path of the page of a source. */
export function sourcePath(id: string): string {
  return `/memory/sources/${encodeURIComponent(id)}`;
}
