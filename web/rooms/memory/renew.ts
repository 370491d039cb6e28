import type { useQueryCache } from '@pinia/colada';

/**
 * Forgets what was read of memory after something was written, so that no page shows the old text until it is read
 * again. What is on the page is read again at once, unless `keepsPage` says that a receipt takes its place.
 */
export async function renewMemory(cache: ReturnType<typeof useQueryCache>, { keepsPage = false } = {}): Promise<void> {
  for (const entry of cache.getEntries({ key: ['memory'], active: false })) cache.remove(entry);
  await cache.invalidateQueries({ key: ['memory'] }, !keepsPage);
}
