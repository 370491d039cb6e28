import type { MemoryNote } from '../chat.ts';

/** Returns the page of the memory that has what a note says. */
export function memoryPath({ kind, target_id: id }: Pick<MemoryNote, 'kind' | 'target_id'>): string {
  if (kind === 'fact') return `/memory/facts?fact=${encodeURIComponent(id)}`;
  if (kind === 'preference') return '/memory/preferences';
  return `/memory/${id.split('/').map(encodeURIComponent).join('/')}`;
}
