import type { Database, Scoped } from '../../platform/database/database.ts';
import { FenceLost } from '../../platform/errors.ts';
import { parseRemote } from '../../platform/git/remote.ts';
import { log } from '../../platform/log.ts';
import { open } from '../../platform/secrets/envelope.ts';
import { SecretText } from '../../platform/secrets/secret-text.ts';
import {
  type ClaimedLink,
  claimLink,
  findLink,
  releaseLink,
  releaseLinkUnreported,
  type SyncEnd,
} from '../sql/memory-link.ts';
import type { Owner } from '../sql/memory-object.ts';
import { SYNC_LIMITS, type SyncLimits } from './limits.ts';
import { placeOfToken } from './linked-repository.ts';
import { endOfFailure, isOurFault, reportOf, type SyncMoves, SyncReport } from './sync-report.ts';
import { type Sync, synchronise } from './synchronise.ts';

export interface LinkToSync {
  database: Database;
  owner: Owner;
  signal: AbortSignal;
  /** For this sync alone; without it that of the link. */
  credential?: SecretText;
  /** How long it may take. */
  seconds?: number;
  limits?: SyncLimits;
}

/** How long a sync may take by itself. */
const SECONDS = 14 * 60;
/** A claim outlives the work of whoever has it. */
const GRACE_SECONDS = 60;

/**
 * Syncs a person's memory with the repository that it is linked with, and writes down how it ended. Any number of calls, one after another or beside each other,
 * make nothing twice. How it ended stands in the link alone, and a failure is tried again from there: it is no failure of the call.
 *
 * `done`; `busy` while another call works on it; `idle` where there is no link, or no token to sync it with.
 * @throws FenceLost when the link was ended or another call took over; what the signal was aborted for
 */
export async function syncLink(work: LinkToSync): Promise<'done' | 'busy' | 'idle'> {
  const { database, owner, seconds = SECONDS } = work;
  const scoped = database.as({ kind: 'tenant', ...owner });
  const leaseSeconds = seconds + GRACE_SECONDS;
  const link = await claimLink(scoped, leaseSeconds);
  if (link === undefined) return (await findLink(scoped))?.status === 'linked' ? 'busy' : 'idle';
  const moves: SyncMoves = { pulled: null, pushed_commit: null };
  const tips: Sync['tips'] = { head: undefined, remote: undefined };
  const deadline = AbortSignal.timeout(seconds * 1000);
  try {
    const credential = work.credential ?? (await openToken(owner, link));
    if (credential === undefined) {
      await releaseLinkUnreported(scoped, link);
      return 'idle';
    }
    const signal = AbortSignal.any([work.signal, deadline]);
    const remote = parseRemote(link.repo_url);
    const { limits = SYNC_LIMITS } = work;
    const done = await synchronise({
      scoped,
      owner,
      link,
      remote,
      credential,
      limits,
      leaseSeconds,
      signal,
      moves,
      tips,
    });
    const report = done.outcome === 'unchanged' ? SyncReport.parse(link.last_sync) : reportOf(done, moves);
    await end(scoped, link, { report, tips });
    return 'done';
  } catch (error) {
    if (error instanceof FenceLost) throw error;
    if (work.signal.aborted) {
      await releaseLinkUnreported(scoped, link);
      throw error;
    }
    await end(scoped, link, { report: endOfFailure(error, { moves, isLate: deadline.aborted }), tips });
    // It is written down and comes again by itself; one of us must look at it all the same.
    if (!deadline.aborted && isOurFault(error))
      log('error', 'a memory could not be synced', { tenant_id: owner.tenantId, error });
    return 'done';
  }
}

async function openToken(owner: Owner, link: ClaimedLink): Promise<SecretText | undefined> {
  const { ciphertext, wrapped_key, key_name } = link;
  if (ciphertext === null || wrapped_key === null || key_name === null) return undefined;
  return new SecretText(await open({ ciphertext, wrapped_key, key_name }, placeOfToken(owner, link)));
}

/** Outcomes after which nothing is done until one of the sides moves. */
const STUCK: readonly SyncReport['outcome'][] = ['conflict', 'refused', 'too_large', 'rewritten'];

async function end(
  scoped: Scoped,
  link: ClaimedLink,
  { report, tips }: { report: SyncReport; tips: Sync['tips'] },
): Promise<void> {
  const written: SyncEnd = {
    report: JSON.stringify(report),
    remoteCommit: link.remote_commit ?? undefined,
    seen: STUCK.includes(report.outcome) ? tips : undefined,
    isFailure: report.outcome === 'failed',
  };
  if (!(await releaseLink(scoped, link, written))) throw new FenceLost('The link of a memory');
  const { outcome, pulled, pushed_commit: pushed } = report;
  log('info', 'a memory was synced with its repository', {
    outcome,
    pulled: pulled?.commits ?? 0,
    pushed: pushed !== null,
  });
}
