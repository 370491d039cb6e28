import { visibleName } from './visible.ts';

/**
 * Returns the name of a node of a run as every page shows it: its id in the graph, and the worker when that is another
 * name, as in "T001 · coder".
 */
export function nodeName(id: string, worker: string | null | undefined): string {
  return worker === null || worker === undefined || worker === id
    ? visibleName(id)
    : `${visibleName(id)} · ${visibleName(worker)}`;
}
