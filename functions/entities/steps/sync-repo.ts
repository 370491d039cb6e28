import { NotNow } from '../../platform/errors.ts';
import { step } from '../../platform/step.ts';
import { SyncRepository } from '../sync/link-repository.ts';
import { syncLink } from '../sync/sync-link.ts';

/** Another sync may have looked at both sides before what this one was rung for; so it comes again. */
const BUSY_SECONDS = 5;

/** Syncs a person's memory with the repository that it is linked with. Rung any number of times, it makes nothing twice. */
export const syncRepo = step(SyncRepository, { memoryMiB: 2048, concurrency: 4 }).handle(
  async ({ payload, database, signal }) => {
    const owner = { tenantId: payload.tenant_id, userId: payload.user_id };
    if ((await syncLink({ database, owner, signal })) === 'busy')
      throw new NotNow('The memory is being synced', BUSY_SECONDS);
  },
);
