import { setTimeout as sleep } from 'node:timers/promises';
import type { Scoped } from '../../platform/database/database.ts';
import { FenceLost } from '../../platform/errors.ts';
import { checkGit, GitFailure } from '../../platform/git/git-failure.ts';
import { listReferences } from '../../platform/git/list-references.ts';
import { pushCommit } from '../../platform/git/push-commit.ts';
import type { Remote } from '../../platform/git/remote.ts';
import { LEASE_SECONDS } from '../../platform/lease.ts';
import type { SecretText } from '../../platform/secrets/secret-text.ts';
import { openCommit } from '../branch/read-branch.ts';
import { type ClaimedLink, updateLinkLease } from '../sql/memory-link.ts';
import { findCommitObject, type Owner } from '../sql/memory-object.ts';
import type { HeadRow } from '../sql/memory-repository.ts';
import type { SyncLimits } from './limits.ts';
import { planIncoming } from './plan-incoming.ts';
import { readIncoming } from './read-incoming.ts';
import { MOST_REASONS, type Synchronised, type SyncMoves } from './sync-report.ts';
import { takeIncoming } from './take-incoming.ts';
import { openWorkingCopy, type WorkingCopy } from './working-copy.ts';

export interface Sync {
  scoped: Scoped;
  owner: Owner;
  link: ClaimedLink;
  remote: Remote;
  credential: SecretText;
  limits: SyncLimits;
  signal: AbortSignal;
  /** What was pulled and pushed so far. It stays, however the sync ends. */
  moves: SyncMoves;
  /** The tips that were read last. */
  tips: { head: string | undefined; remote: string | undefined };
}

const MOST_ROUNDS = 5;

/**
 * Brings a user's branch and the remote branch to the same commit. Fetches, merges and commits what is new at the
 * remote, then pushes what is new here, never by force. When a side moves meanwhile, the next round starts from its new
 * state. Idempotent after a crash: the positions of both sides show what is left to do.
 * @throws GitFailure, TooLarge, Refused, FenceLost
 */
export async function synchronise(sync: Sync): Promise<Synchronised> {
  const { scoped, signal, tips } = sync;
  await using copy = await openWorkingCopy({ ...sync, queryable: scoped });
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    if (round > 1) await sleep(50 * 2 ** round * (0.5 + Math.random()), undefined, { signal });
    const head = await openCommit(scoped);
    const name = `refs/heads/${sync.link.branch}`;
    const tip = (await listReferences(copy.repository, [name])).get(name);
    Object.assign(tips, { head: head?.id, remote: tip });
    if (round === 1 && isStuck(sync)) return { outcome: 'unchanged' };
    if (tip === head?.id) {
      sync.link.remote_commit = tip ?? null;
      return { outcome: 'synced' };
    }
    const done = await bringTogether(sync, copy, { head, tip });
    if (done !== undefined) return done;
  }
  return { outcome: 'overtaken' };
}

/** Returns whether an earlier sync could not continue and neither side has moved since. */
function isStuck({ link, tips }: Sync): boolean {
  const isSeen = link.seen_head !== null || link.seen_remote !== null;
  return isSeen && link.seen_head === (tips.head ?? null) && link.seen_remote === (tips.remote ?? null);
}

/** Runs one round. Returns undefined when a side moved meanwhile. */
async function bringTogether(
  sync: Sync,
  copy: WorkingCopy,
  { head, tip }: { head: HeadRow | undefined; tip: string | undefined },
): Promise<Synchronised | undefined> {
  if (head !== undefined) await copy.addOwn(head);
  const known = sync.link.remote_commit ?? undefined;
  const isInBranch = tip !== undefined && (await findCommitObject(sync.scoped, tip));
  const theirs = tip === undefined || isInBranch ? tip : await copy.fetch(sync.link.branch);
  sync.tips.remote = theirs;
  if (known !== undefined && theirs !== known && !(theirs && (await isBelow(copy, known, theirs))))
    return { outcome: 'rewritten', knownCommit: known, foundCommit: theirs };
  if (theirs === undefined || isInBranch) return push(sync, copy, head?.id);
  const bases = head === undefined ? [] : await commonCommits(copy, head.id, theirs);
  if (bases.includes(theirs)) return push(sync, copy, head?.id);
  const incoming = await readIncoming(copy, { tip: theirs, head: head?.id, limits: sync.limits });
  const plan = await planIncoming(sync.scoped, copy, { head, incoming, bases });
  if ('conflicts' in plan) return { outcome: 'conflict', conflicts: plan.conflicts };
  const { owner, link: claim, remote, moves } = sync;
  const repositoryName = `${remote.owner}/${remote.name}`;
  const taken = await takeIncoming(sync.scoped, { owner, claim, repositoryName }, plan);
  if (taken === undefined) return undefined;
  const before = moves.pulled?.commits ?? 0;
  if (plan.faults.length > 0) moves.faults = plan.faults.slice(0, MOST_REASONS);
  else delete moves.faults;
  moves.pulled = { remote_commit: theirs, commit_id: taken.commitId, commits: before + incoming.commits };
  sync.tips.head = taken.commitId;
  // The remote's tip is in the branch now, even if the push fails.
  sync.link.remote_commit = theirs;
  if (taken.commitId === theirs) return { outcome: 'synced' };
  await copy.add(taken.objects);
  return push(sync, copy, taken.commitId);
}

/** Pushes the commit of the branch. Returns undefined when another push was faster. */
async function push(
  { scoped, link, moves, tips }: Sync,
  copy: WorkingCopy,
  commit: string | undefined,
): Promise<Synchronised | undefined> {
  // Both sides are empty.
  if (commit === undefined) return { outcome: 'synced' };
  // No push after the link was ended or a newer claim began.
  if (!(await updateLinkLease(scoped, link, LEASE_SECONDS))) throw new FenceLost('The link of a memory');
  const outcome = await pushCommit(copy.repository, commit, link.branch);
  if (outcome === 'overtaken') return undefined;
  if (outcome instanceof GitFailure) {
    // When the connection broke, the next round reads from the remote whether the push arrived.
    if (outcome.kind === 'unreachable') return undefined;
    throw outcome;
  }
  moves.pushed_commit = commit;
  link.remote_commit = commit;
  tips.remote = commit;
  return { outcome: 'synced' };
}

/** Returns whether a commit is an ancestor of another. False for a commit that is not in the working copy. */
async function isBelow({ repository }: WorkingCopy, commit: string, other: string): Promise<boolean> {
  const { exitCode } = await repository.git(['merge-base', '--is-ancestor', commit, other]);
  return exitCode === 0;
}

/** Returns the merge bases of two commits. */
async function commonCommits({ repository }: WorkingCopy, one: string, other: string): Promise<string[]> {
  const result = await repository.git(['merge-base', '--all', one, other]);
  // `git merge-base` exits with 1 when there is none.
  if (result.exitCode === 1 && result.stdout.length === 0) return [];
  return checkGit(result).stdout.toString('latin1').trim().split('\n');
}
