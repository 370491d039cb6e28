import { z } from 'zod';
import type { Caller, Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { parseRemote } from '../../platform/git/remote.ts';
import { createId } from '../../platform/id.ts';
import { createTask, enqueue, taskType } from '../../platform/queue/task.ts';
import { seal } from '../../platform/secrets/envelope.ts';
import { KeyServiceUnavailable } from '../../platform/secrets/key-encryption.ts';
import type { SecretText } from '../../platform/secrets/secret-text.ts';
import { deleteLink, insertLinkChange, updateLinkRenewed, updateLinkRung, upsertLink } from '../sql/memory-link.ts';
import type { Owner } from '../sql/memory-object.ts';
import { placeOfToken } from './linked-repository.ts';

/** Starts the step that syncs a user's memory with the linked repository. */
export const SyncRepository = taskType({
  step: 'entities-sync-repo',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), user_id: z.string() }),
});

/**
 * Checks the address and encrypts the token, outside of any transaction. Returns a function that stores the linked
 * repository in a transaction.
 * @throws Problem 422 for an address that is not allowed; 502 when the key service does not answer, and then nothing is
 * stored
 */
export async function prepareLinkedRepository(
  caller: Caller,
  { repoUrl, branch, token }: { repoUrl: string; branch: string; token: SecretText | undefined },
): Promise<(transaction: Transaction) => Promise<void>> {
  const { host, owner, name } = parseRemote(repoUrl);
  const link = { id: createId('link'), repo_url: `https://${host}/${owner}/${name}` };
  const envelope = token && (await seal(token.reveal(), placeOfToken(caller, link)).catch(explain));
  return async (transaction) => {
    const same = { repoUrl: link.repo_url, branch };
    const isRenewed = envelope === undefined && (await updateLinkRenewed(transaction, same));
    if (!isRenewed) {
      await upsertLink(transaction, caller, { id: link.id, ...same, token: envelope });
      await insertLinkChange(transaction, { action: 'memory-link-repo', host });
    }
    await enqueueSync(transaction, caller, { isAsked: false });
  };
}

/** Removes the linked repository with its token. Does nothing when no repository is linked. */
export async function unlinkRepository(transaction: Transaction): Promise<void> {
  if (await deleteLink(transaction)) await insertLinkChange(transaction, { action: 'memory-unlink-repo' });
}

/**
 * Enqueues a sync when the linked repository has a stored token and the sync is due, or was asked for. Returns false
 * when no sync was enqueued.
 */
export async function enqueueSync(
  transaction: Transaction,
  { tenantId, userId }: Owner,
  { isAsked }: { isAsked: boolean },
): Promise<boolean> {
  if (!(await updateLinkRung(transaction, { isAsked }))) return false;
  const payload = { tenant_id: tenantId, user_id: userId };
  await enqueue(transaction, tenantId, createTask(SyncRepository, payload, createId('sync')));
  return true;
}

function explain(error: unknown): never {
  if (!(error instanceof KeyServiceUnavailable)) throw error;
  throw new Problem('upstream-failed', 'The key service does not answer; the token was not stored. Try again later.', {
    cause: error,
  });
}
