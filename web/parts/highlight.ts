import workerUrl from './highlight.worker.ts?worker&url';
import type { HighlightInput, Piece } from './highlight-lines.ts';
import { startWorker } from './worker-policy.ts';
import { requestsOf } from './worker-requests.ts';

/** Colours code in the shared worker. */
export const highlight = requestsOf<HighlightInput, Piece[][]>(() => startWorker(workerUrl), 5_000);
