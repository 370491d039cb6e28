/** The size of a node of the graph in pixels, and what a layout answers. Apart from the layout, which is loaded later. */
export const NODE_WIDTH = 184;
export const NODE_HEIGHT = 60;

export interface Layout {
  width: number;
  height: number;
  /** The upper left corner of each node. */
  places: Map<string, { x: number; y: number }>;
  /** `key` is the ids of both nodes with a space between them. */
  paths: { key: string; d: string }[];
}
