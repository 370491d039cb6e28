import type { EntryKey, useQueryCache } from '@pinia/colada';

/**
 * Marks what was read under `key` as old, and reads again what is shown of it. Resolves when that is done and never
 * rejects: a call that another one replaced is no failure, and a query shows its own errors.
 */
export async function readAgain(cache: ReturnType<typeof useQueryCache>, key: EntryKey): Promise<void> {
  await cache.invalidateQueries({ key }).catch(() => undefined);
}
