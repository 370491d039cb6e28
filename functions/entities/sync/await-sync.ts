import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller, Scoped } from '../../platform/database/database.ts';
import { findLink, type LinkRow } from '../sql/memory-link.ts';
import { enqueueSync } from './linked-repository.ts';

const LOOK_AGAIN_MS = 100;

/** Rings the sync of a link and waits for one that began after it: true when it ended within so many seconds. */
export async function awaitSync(
  scoped: Scoped,
  caller: Caller,
  { link, seconds, signal }: { link: LinkRow; seconds: number; signal: AbortSignal },
): Promise<boolean> {
  await scoped.transaction((transaction) => enqueueSync(transaction, caller, { isAsked: true }));
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    const now = await findLink(scoped);
    if (now?.id !== link.id || (now.fence > link.fence && !now.is_leased)) return true;
    await sleep(LOOK_AGAIN_MS, undefined, { signal });
  }
  return false;
}
