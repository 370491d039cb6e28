import type { Database } from '../../platform/database/database.ts';
import { FenceLost, Problem } from '../../platform/errors.ts';
import type { SecretText } from '../../platform/secrets/secret-text.ts';
import type { Owner } from '../sql/memory-object.ts';

/** How long a sync may take within a call. */
const SECONDS = 240;

/** The resources of an endpoint that syncs within its call. */
export const SYNC_DEPLOYMENT = { timeoutSeconds: 300, memoryMiB: 2048, concurrency: 4 };

/**
 * Syncs the caller's memory with the linked repository within the call, with a token that is not stored.
 * @throws Problem 409 while another sync runs, and when the link was changed meanwhile
 */
export async function syncNow(work: {
  database: Database;
  owner: Owner;
  credential: SecretText;
  signal: AbortSignal;
}): Promise<void> {
  const { syncLink } = await import('./sync-link.ts');
  const how = await syncLink({ ...work, seconds: SECONDS }).catch((error: unknown) => {
    if (error instanceof FenceLost) return 'ended';
    throw error;
  });
  if (how === 'done') return;
  throw new Problem(
    'conflict',
    'Another sync is running, or the linked repository has changed. See GET /repos/status.',
  );
}
