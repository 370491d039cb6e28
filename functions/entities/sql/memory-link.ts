import type { Queryable } from '../../platform/database/database.ts';
import type { Envelope } from '../../platform/secrets/envelope.ts';
import type { Owner } from './memory-object.ts';

export interface LinkRow {
  id: string;
  status: 'linked' | 'ended';
  repo_url: string;
  branch: string;
  has_token: boolean;
  fence: number;
  is_leased: boolean;
  next_sync_at: string;
  remote_commit: string | null;
  seen_head: string | null;
  seen_remote: string | null;
  last_sync: unknown;
  last_sync_at: string | null;
  ended_at: string | null;
  ended_reason: string | null;
}

const COLUMNS = `id, status, repo_url, branch, ciphertext is not null as has_token, fence, coalesce(lease_until > now(), false) as is_leased, next_sync_at,
  remote_commit, seen_head, seen_remote, last_sync, last_sync_at, ended_at, ended_reason`;

/** The link of the transaction's person, also one that ended; undefined when he never had one, or ended it himself. */
export async function findLink(queryable: Queryable): Promise<LinkRow | undefined> {
  const [row] = await queryable.query<LinkRow>({
    name: 'find_memory_link',
    text: `select ${COLUMNS} from memory_links where tenant_id = current_tenant_id() and user_id = current_user_id()`,
  });
  return row;
}

export interface NewLink {
  id: string;
  repoUrl: string;
  branch: string;
  token: Envelope | undefined;
}

/**
 * Links the person's memory anew; a sync of an earlier link loses its fence, since the id is another. The tip that was known of the same branch stays known,
 * unless the person links again because it was rewritten.
 */
export async function upsertLink(queryable: Queryable, { tenantId, userId }: Owner, link: NewLink): Promise<void> {
  await queryable.query({
    name: 'upsert_memory_link',
    text: `insert into memory_links as l (tenant_id, user_id, id, repo_url, branch, ciphertext, wrapped_key, key_name) values ($1, $2, $3, $4, $5, $6, $7, $8)
      on conflict (tenant_id, user_id) do update set id = excluded.id, status = 'linked', repo_url = excluded.repo_url, branch = excluded.branch,
        ciphertext = excluded.ciphertext, wrapped_key = excluded.wrapped_key, key_name = excluded.key_name, fence = 0, lease_until = null, next_sync_at = now(),
        failures = 0, seen_head = null, seen_remote = null, ended_at = null, ended_reason = null, created_at = now(),
        remote_commit = case when l.status = 'linked' and l.repo_url = excluded.repo_url and l.branch = excluded.branch
          and l.last_sync ->> 'outcome' is distinct from 'rewritten' then l.remote_commit end,
        last_sync = null, last_sync_at = null`,
    values: [
      tenantId,
      userId,
      link.id,
      link.repoUrl,
      link.branch,
      link.token?.ciphertext,
      link.token?.wrapped_key,
      link.token?.key_name,
    ],
  });
}

/** The same link, with its token, is looked at anew: it is due at once, and a branch that was rewritten is taken as it is. False when it is another. */
export async function updateLinkRenewed(
  queryable: Queryable,
  link: { repoUrl: string; branch: string },
): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_memory_link_renewed',
    text: `update memory_links set next_sync_at = now(), failures = 0, seen_head = null, seen_remote = null,
        remote_commit = case when last_sync ->> 'outcome' is distinct from 'rewritten' then remote_commit end
      where tenant_id = current_tenant_id() and user_id = current_user_id() and status = 'linked' and repo_url = $1 and branch = $2 returning id`,
    values: [link.repoUrl, link.branch],
  });
  return updated.length > 0;
}

/** Removes the link with its token and what it reported; false when there is none. */
export async function deleteLink(queryable: Queryable): Promise<boolean> {
  const deleted = await queryable.query({
    name: 'delete_memory_link',
    text: 'delete from memory_links where tenant_id = current_tenant_id() and user_id = current_user_id() returning id',
  });
  return deleted.length > 0;
}

/** Ends a link and keeps nothing of it but where it led and why it ended; false when there is none. A sync that goes on loses its fence. */
export async function updateLinkEnded(queryable: Queryable, reason: string): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_memory_link_ended',
    text: `update memory_links set status = 'ended', ended_at = now(), ended_reason = $1, fence = fence + 1, lease_until = null,
        ciphertext = null, wrapped_key = null, key_name = null, remote_commit = null, seen_head = null, seen_remote = null, last_sync = null, last_sync_at = null
      where tenant_id = current_tenant_id() and user_id = current_user_id() and status = 'linked' returning id`,
    values: [reason],
  });
  return updated.length > 0;
}

/** A link that a sync works on, with the envelope of its token. */
export interface ClaimedLink
  extends Pick<
    LinkRow,
    'id' | 'repo_url' | 'branch' | 'fence' | 'remote_commit' | 'seen_head' | 'seen_remote' | 'last_sync'
  > {
  ciphertext: string | null;
  wrapped_key: string | null;
  key_name: string | null;
}

export type LinkClaim = Pick<ClaimedLink, 'id' | 'fence'>;

/** Takes the link when nobody works on it. The new fence guards what this claim writes. */
export async function claimLink(queryable: Queryable, leaseSeconds: number): Promise<ClaimedLink | undefined> {
  const [row] = await queryable.query<ClaimedLink>({
    name: 'claim_memory_link',
    text: `update memory_links set fence = fence + 1, lease_until = now() + make_interval(secs => $1::float8)
      where tenant_id = current_tenant_id() and user_id = current_user_id() and status = 'linked' and (lease_until is null or lease_until < now())
      returning id, repo_url, branch, fence, remote_commit, seen_head, seen_remote, last_sync, ciphertext, wrapped_key, key_name`,
    values: [leaseSeconds],
  });
  return row;
}

/** Lengthens a claim, and holds its row until the transaction ends; false when it is no longer the claim. */
export async function updateLinkLease(queryable: Queryable, claim: LinkClaim, leaseSeconds: number): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_memory_link_lease',
    text: `update memory_links set lease_until = now() + make_interval(secs => $3::float8)
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and fence = $2 and status = 'linked'
        and lease_until is not null returning id`,
    values: [claim.id, claim.fence, leaseSeconds],
  });
  return updated.length > 0;
}

export interface SyncEnd {
  /** As JSON. */
  report: string;
  /** The tip of the linked branch that both sides have; what was known stays where it is undefined. */
  remoteCommit: string | undefined;
  /** Both tips, where there is no way on until one of them moves. */
  seen: { head: string | undefined; remote: string | undefined } | undefined;
  /** It is tried again later and later: after 10 minutes, 20, 40, at last once a day. */
  isFailure: boolean;
}

/** Ends a claim with its report; false when it is no longer the claim. */
export async function releaseLink(queryable: Queryable, claim: LinkClaim, end: SyncEnd): Promise<boolean> {
  const released = await queryable.query({
    name: 'release_memory_link',
    text: `update memory_links set lease_until = null, last_sync = $3, last_sync_at = now(), remote_commit = coalesce($4, remote_commit), seen_head = $5, seen_remote = $6,
        failures = case when $7::boolean then failures + 1 else 0 end,
        next_sync_at = case when $7::boolean then now() + least(interval '10 minutes' * 2 ^ least(failures, 10), interval '1 day')
          else least(next_sync_at, now() + interval '4 minutes') end
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and fence = $2 and status = 'linked' returning id`,
    values: [claim.id, claim.fence, end.report, end.remoteCommit, end.seen?.head, end.seen?.remote, end.isFailure],
  });
  return released.length > 0;
}

/** A line in the person's audit log: he linked his memory, or ended the link. Of the address only the host: the rest is his own, and goes when he is erased. */
export async function insertLinkChange(
  queryable: Queryable,
  change: { action: 'memory-link-repo' | 'memory-unlink-repo'; host?: string },
): Promise<void> {
  await queryable.query({
    name: 'insert_memory_link_change',
    text: `insert into audit_log (tenant_id, user_id, action, outcome, data) values (current_tenant_id(), current_user_id(), $1, 'allowed', $2)`,
    values: [change.action, JSON.stringify(change.host === undefined ? {} : { host: change.host })],
  });
}

/** Gives a claim back that came to nothing; the link stays due. */
export async function releaseLinkUnreported(queryable: Queryable, claim: LinkClaim): Promise<void> {
  await queryable.query({
    name: 'release_memory_link_unreported',
    text: `update memory_links set lease_until = null
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and fence = $2`,
    values: [claim.id, claim.fence],
  });
}

/**
 * A due link with a token is rung once between two ticks of the timer, however often that fires; one that somebody asks for, each time. It is due a little before the
 * next tick, five minutes later, since a tick never comes on the second. False when it is not to be rung.
 */
export async function updateLinkRung(queryable: Queryable, { isAsked }: { isAsked: boolean }): Promise<boolean> {
  const rung = await queryable.query({
    name: 'update_memory_link_rung',
    text: `update memory_links set next_sync_at = now() + interval '4 minutes'
      where tenant_id = current_tenant_id() and user_id = current_user_id() and status = 'linked' and ciphertext is not null
        and ($1::boolean or next_sync_at <= now()) returning id`,
    values: [isAsked],
  });
  return rung.length > 0;
}

/** People of all tenants whose link is due, the longest due first. Through the definer function. */
export async function listDueLinks(
  system: Queryable,
  limit: number,
): Promise<{ tenant_id: string; user_id: string }[]> {
  return system.query<{ tenant_id: string; user_id: string }>({
    name: 'list_due_memory_links',
    text: 'select tenant_id, user_id from list_due_memory_links($1)',
    values: [limit],
  });
}
