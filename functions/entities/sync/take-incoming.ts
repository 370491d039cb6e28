import { cutText } from '../../platform/cut-text.ts';
import type { Scoped } from '../../platform/database/database.ts';
import { FenceLost } from '../../platform/errors.ts';
import { LEASE_SECONDS } from '../../platform/lease.ts';
import { storableText } from '../../platform/storable.ts';
import { recordCommit } from '../branch/record-commit.ts';
import { commitOf, type GitObject } from '../git/object.ts';
import { type LinkClaim, updateLinkLease } from '../sql/memory-link.ts';
import type { Owner } from '../sql/memory-object.ts';
import { claimRepository, findCommitTime, findHead } from '../sql/memory-repository.ts';
import type { IncomingPlan } from './plan-incoming.ts';

export interface Taken {
  commitId: string;
  /** The objects that the working copy lacks. */
  objects: GitObject[];
}

/**
 * Moves the branch as a plan says, in one transaction: to the remote tip itself if it is based on the head and its
 * index is right, else to a commit of ours on top of it, or to a merge commit. Returns undefined and writes nothing
 * when the branch has left the head of the plan; the caller plans again.
 * @throws FenceLost when a newer claim has the link
 */
export function takeIncoming(
  scoped: Scoped,
  taking: { owner: Owner; claim: LinkClaim; repositoryName: string },
  plan: IncomingPlan,
): Promise<Taken | undefined> {
  const { owner, claim, repositoryName } = taking;
  const { head, incoming } = plan;
  return scoped.transaction(async (transaction) => {
    // Locks the repository before the link, like every writer of both, so that no two deadlock.
    const repository = await claimRepository(transaction);
    if (repository === undefined || !(await updateLinkLease(transaction, claim, LEASE_SECONDS)))
      throw new FenceLost('The link of a memory');
    const now = await findHead(transaction, repository.branch);
    if (now?.id !== head?.id) return undefined;
    const { at, seconds } = await findCommitTime(transaction, head?.committed_at);
    const isTip = plan.isAhead && plan.treeId === incoming.treeId;
    const message = isTip ? messageOf(incoming.objects[0]) : ourMessage(repositoryName, plan);
    const parentIds = plan.isAhead ? [incoming.tip] : [head?.id ?? '', incoming.tip];
    const ours = isTip ? [] : [commitOf({ treeId: plan.treeId, parentIds, seconds, message })];
    const objects = [...plan.made, ...ours];
    const id = ours[0]?.id ?? incoming.tip;
    await recordCommit(transaction, {
      owner,
      repository,
      head,
      id,
      treeId: plan.treeId,
      message,
      at,
      remote: { commitId: incoming.tip, authors: incoming.authors },
      objects: [...incoming.objects, ...objects],
      changes: plan.changes,
      texts: plan.texts,
    });
    return { commitId: id, objects };
  });
}

function ourMessage(repositoryName: string, { isAhead, incoming }: IncomingPlan): string {
  const what = `${incoming.commits} ${incoming.commits === 1 ? 'commit' : 'commits'} of ${repositoryName}`;
  return `${isAhead ? 'Index' : 'Merge'} ${what}\n\nRemote-Commit: ${incoming.tip}`;
}

const LONGEST_MESSAGE = 2_000;

/** Returns the message of a remote commit without e-mail addresses. The commit object keeps them. */
function messageOf(commit: GitObject | undefined): string {
  const text = commit?.content.toString('utf8') ?? '';
  const message = text.slice(text.indexOf('\n\n') + 2).trimEnd();
  return storableText(cutText(message, LONGEST_MESSAGE).replaceAll(/(?<!\S)\S+@\S+/g, '[address]'));
}
