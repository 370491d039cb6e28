/**
 * The size of a node of the graph in pixels, and what a layout answers. Apart from the layout, which is loaded later.
 */
export const NODE_WIDTH = 184;
export const NODE_HEIGHT = 60;

/** The space around the graph, and between two nodes of a rank. */
export const MARGIN = 12;
export const NODE_GAP = 16;

/** Returns the height that a layout of these ranks will have: its place is kept until the layout is there. */
export function heightOf(ranks: readonly (readonly unknown[])[]): number {
  const most = Math.max(1, ...ranks.map(({ length }) => length));
  return 2 * MARGIN + most * NODE_HEIGHT + (most - 1) * NODE_GAP;
}

export interface Layout {
  width: number;
  height: number;
  /** The upper left corner of each node. */
  places: Map<string, { x: number; y: number }>;
  /** `key` is the ids of both nodes with a space between them. */
  paths: { key: string; d: string }[];
}
