import type { Answer } from '../../../api/client.ts';
import { text } from '../../../text/memory-repository.ts';
import { nameOf } from '../entity/folders.ts';

/** The words of a clean-up. Pure. */

export type Consolidation = Answer<'/api/v1/memory/consolidations/{id}', 'get'>;
type Operation = Consolidation['steps'][number]['operations'][number];

export const CONSOLIDATION_LOOKS = {
  queued: 'plain',
  staged: 'plain',
  committed: 'done',
  failed: 'failed',
  undone: 'dashed',
} as const satisfies Record<Consolidation['status'], string>;

/** Returns the path of the page of a clean-up. */
export function consolidationPath(id: string): string {
  return `/memory/repository/consolidations/${id}`;
}

/** Returns what an operation does: "maya chen merged into maya". */
export function operationWords(operation: Operation): string {
  const { ops } = text.consolidations;
  const from = nameOf(operation.path);
  if (operation.op === 'link') return `${from} ${ops.link} ${operation.targets.map(nameOf).join(', ')}`;
  return `${from} ${ops[operation.op]} ${nameOf(operation.into)}`;
}

/** Whether a clean-up that was planned or done changes anything. */
export function changesAnything({ steps }: Consolidation): boolean {
  return steps.some(({ changes }) => changes.length > 0);
}
