import { NotNow } from '../../platform/errors.ts';
import { step } from '../../platform/step.ts';
import { SyncRepository } from '../tasks.ts';

/** A running sync may have read both sides before this task was enqueued, so the task is retried after it. */
const BUSY_SECONDS = 5;

/**
 * Syncs a user's memory with the linked repository. Idempotent: duplicate and concurrent deliveries change nothing
 * twice.
 */
export const syncRepo = step(SyncRepository, { memoryMiB: 2048, concurrency: 4 }).handle(
  async ({ payload, database, signal }) => {
    const { syncLink } = await import('../sync/sync-link.ts');
    const owner = { tenantId: payload.tenant_id, userId: payload.user_id };
    if ((await syncLink({ database, owner, signal })) === 'busy')
      throw new NotNow('Another sync of the memory is running', BUSY_SECONDS);
  },
);
