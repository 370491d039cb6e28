import { type DiffInput, diffOf } from './diff-rows.ts';

/** Compares texts away from the page's thread. */
self.onmessage = ({ data }: MessageEvent<{ id: number; input: DiffInput }>) => {
  self.postMessage({ id: data.id, output: diffOf(data.input) });
};
