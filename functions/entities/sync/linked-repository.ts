import { z } from 'zod';
import type { Caller, Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { BranchName, parseRemote } from '../../platform/git/remote.ts';
import { createId } from '../../platform/id.ts';
import { enqueue } from '../../platform/queue/enqueue.ts';
import { createTask } from '../../platform/queue/task.ts';
import { type Place, seal } from '../../platform/secrets/envelope.ts';
import { KeyServiceUnavailable } from '../../platform/secrets/key-encryption.ts';
import type { SecretText } from '../../platform/secrets/secret-text.ts';
import { deleteLink, insertLinkChange, updateLinkRenewed, updateLinkRung, upsertLink } from '../sql/memory-link.ts';
import type { Owner } from '../sql/memory-object.ts';
import { SyncRepository } from '../tasks.ts';

export const LinkedBranch = BranchName.meta({ description: 'The branch of the linked repository' });

/** Returns the context that the encryption of a stored token is bound to, so that it cannot be used in another row. */
export function placeOfToken({ tenantId, userId }: Owner, link: { id: string; repo_url: string }): Place {
  return ['memory-link', tenantId, userId, link.id, link.repo_url];
}

/** The linked repository as its user sees it. */
export const LinkedRepository = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('none') }),
  z.strictObject({
    status: z.literal('linked'),
    branch: z.string(),
    has_token: z.boolean().meta({ description: 'Without a stored token each sync needs a call that sends a token' }),
    is_syncing: z.boolean(),
    next_sync_at: z.string().nullable().meta({ description: 'When the next automatic sync is due' }),
  }),
  z.strictObject({ status: z.literal('ended'), branch: z.string(), ended_at: z.string(), reason: z.string() }),
]);
export type LinkedRepository = z.infer<typeof LinkedRepository>;

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
