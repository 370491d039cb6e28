import type { Database, Scoped } from '../../platform/database/database.ts';
import { FenceLost } from '../../platform/errors.ts';
import { parseRemote } from '../../platform/git/remote.ts';
import { LEASE_SECONDS, Lease } from '../../platform/lease.ts';
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
  updateLinkLease,
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
  /** A token for this sync only. The default is the link's token. */
  credential?: SecretText;
  /** The longest time that the sync may take. */
  seconds?: number;
  limits?: SyncLimits;
}

/** The default of `seconds`. The step that syncs may run 15 minutes. */
const SECONDS = 14 * 60;

/**
 * Syncs a user's entity memory with its linked repository and records the result in the link. Idempotent: duplicate and
 * concurrent calls create nothing twice. A failed sync is recorded with the time of the next try; the call succeeds.
 *
 * `done`; `busy` while another call syncs; `idle` without a link, or without a token.
 * @throws FenceLost when the link was ended or another call took it over; the signal's reason when it was aborted
 */
export async function syncLink(work: LinkToSync): Promise<'done' | 'busy' | 'idle'> {
  const scoped = work.database.as({ kind: 'tenant', ...work.owner });
  const link = await claimLink(scoped, LEASE_SECONDS);
  if (link === undefined) return (await findLink(scoped))?.status === 'linked' ? 'busy' : 'idle';
  const deadline = AbortSignal.timeout((work.seconds ?? SECONDS) * 1000);
  const lease = new Lease({
    name: 'The link of a memory',
    renew: () => updateLinkLease(scoped, link, LEASE_SECONDS),
    stops: [work.signal, deadline],
    fields: { tenant_id: work.owner.tenantId },
  });
  try {
    return await syncClaimed(work, { scoped, link, lease, deadline });
  } finally {
    await lease.stop();
  }
}

async function syncClaimed(
  work: LinkToSync,
  { scoped, link, lease, deadline }: { scoped: Scoped; link: ClaimedLink; lease: Lease; deadline: AbortSignal },
): Promise<'done' | 'idle'> {
  const { owner, limits = SYNC_LIMITS } = work;
  const moves: SyncMoves = { pulled: null, pushed_commit: null, ...faultsOf(link) };
  const tips: Sync['tips'] = { head: undefined, remote: undefined };
  const release = async () => {
    lease.end();
    await releaseLinkUnreported(scoped, link);
  };
  try {
    const credential = work.credential ?? (await openToken(owner, link));
    if (credential === undefined) {
      await release();
      return 'idle';
    }
    const remote = parseRemote(link.repo_url);
    const done = await synchronise({
      scoped,
      owner,
      link,
      remote,
      credential,
      limits,
      signal: lease.signal,
      moves,
      tips,
    });
    const report = done.outcome === 'unchanged' ? SyncReport.parse(link.last_sync) : reportOf(done, moves);
    lease.end();
    await end(scoped, link, { report, tips });
    return 'done';
  } catch (error) {
    if (error instanceof FenceLost || lease.lost.aborted) throw new FenceLost('The link of a memory');
    if (work.signal.aborted) {
      await release();
      throw error;
    }
    lease.end();
    await end(scoped, link, { report: endOfFailure(error, { moves, isLate: deadline.aborted }), tips });
    // The report is recorded and the sync is tried again by itself. An operator has to look at it all the same.
    if (!deadline.aborted && isOurFault(error))
      log('error', 'a memory could not be synced', { tenant_id: owner.tenantId, error });
    return 'done';
  }
}

/** Returns the faults of the last sync. They stay until a sync reads the files again. */
function faultsOf(link: ClaimedLink): Pick<SyncMoves, 'faults'> {
  const { faults } = SyncReport.nullable().parse(link.last_sync) ?? {};
  return faults === undefined ? {} : { faults };
}

async function openToken(owner: Owner, link: ClaimedLink): Promise<SecretText | undefined> {
  const { ciphertext, wrapped_key, key_name } = link;
  if (ciphertext === null || wrapped_key === null || key_name === null) return undefined;
  return new SecretText(await open({ ciphertext, wrapped_key, key_name }, placeOfToken(owner, link)));
}

/** Outcomes after which no sync is tried until one of the sides changes. */
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
