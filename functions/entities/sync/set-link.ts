import type { Caller, Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { parseRemote } from '../../platform/git/remote.ts';
import { createId } from '../../platform/id.ts';
import { enqueue } from '../../platform/queue/enqueue.ts';
import { createTask } from '../../platform/queue/task.ts';
import { seal } from '../../platform/secrets/envelope.ts';
import { KeyServiceUnavailable } from '../../platform/secrets/key-encryption.ts';
import type { SecretText } from '../../platform/secrets/secret-text.ts';
import { deleteLink, insertLinkChange, updateLinkRenewed, updateLinkRung, upsertLink } from '../sql/memory-link.ts';
import type { Owner } from '../sql/memory-object.ts';
import { placeOfToken } from './link.ts';
import { SyncRepository } from './sync-task.ts';

export interface WantedLink {
  repoUrl: string;
  branch: string;
  token: SecretText | undefined;
}

/**
 * Prepares a link: judges the address and encrypts the token, outside of any transaction. What it answers writes the link down in one.
 * @throws Problem 422 for an address that is not allowed; 502 when the key service does not answer, and nothing is stored then
 */
export async function prepareLink(
  caller: Caller,
  wanted: WantedLink,
): Promise<(transaction: Transaction) => Promise<void>> {
  const { host, owner, name } = parseRemote(wanted.repoUrl);
  const { branch, token } = wanted;
  const link = { id: createId('link'), repo_url: `https://${host}/${owner}/${name}` };
  const envelope = token && (await seal(token.reveal(), placeOfToken(caller, link)).catch(explain));
  return async (transaction) => {
    const same = { repoUrl: link.repo_url, branch };
    const isRenewed = envelope === undefined && (await updateLinkRenewed(transaction, same));
    if (!isRenewed) {
      await upsertLink(transaction, caller, { id: link.id, ...same, token: envelope });
      await insertLinkChange(transaction, { action: 'memory-link-repo', host });
    }
    await ringLink(transaction, caller, { isAsked: false });
  };
}

/** Ends the link for good, with its token. Nothing happens where there is none. */
export async function removeLink(transaction: Transaction): Promise<void> {
  if (await deleteLink(transaction)) await insertLinkChange(transaction, { action: 'memory-unlink-repo' });
}

/** Rings the sync of a link that has a token of its own, and is due or asked for; false where it is not to be. */
export async function ringLink(
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
