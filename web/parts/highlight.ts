import type { HighlightInput, Piece } from './highlight-lines.ts';
import { requestsOf } from './worker-requests.ts';

/** Colours code in the shared worker. */
export const highlight = requestsOf<HighlightInput, Piece[][]>(
  () => new Worker(new URL('./highlight.worker.ts', import.meta.url), { type: 'module' }),
  5_000,
);
