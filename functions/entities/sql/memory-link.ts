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

/**
 * Returns the linked repository of the transaction's user, also one that was unlinked by the system. Undefined when the
 * user never linked one, or unlinked it.
 */
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
 * Links a repository. A running sync of an earlier link loses its fence, because the id is new. The known tip of the
 * same branch is kept, unless the user links again because the remote history was rewritten.
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

/**
 * Makes the sync of the same linked repository due now, keeping its token. A remote history that was rewritten is
 * accepted. Returns false when another repository is linked.
 */
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

/** Deletes the link with its token and its report. Returns false when no repository is linked. */
export async function deleteLink(queryable: Queryable): Promise<boolean> {
  const deleted = await queryable.query({
    name: 'delete_memory_link',
    text: 'delete from memory_links where tenant_id = current_tenant_id() and user_id = current_user_id() returning id',
  });
  return deleted.length > 0;
}

/**
 * Ends a link and deletes its token and report; its URL and the reason stay. A running sync loses its fence. Returns
 * false when no repository is linked.
 */
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

/** A link that a sync has claimed, with the envelope of its token. */
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

/** Claims the link if no sync has a lease on it. The new fence guards the writes of this claim. */
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

/**
 * Extends the lease of a claim and locks its row until the transaction ends. Returns false when a newer claim has the
 * link, or it was released.
 */
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
  /** JSON. */
  report: string;
  /** The tip of the remote branch that both sides have. Undefined keeps the known one. */
  remoteCommit: string | undefined;
  /** Both tips, when no sync can succeed until one of them moves. */
  seen: { head: string | undefined; remote: string | undefined } | undefined;
  /** A failure is tried again after 10 minutes, then 20, 40 and so on, at most a day. */
  isFailure: boolean;
}

/** Releases a claim with its report. Returns false when a newer claim has the link. */
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

/**
 * Inserts an entry in the audit log: the user linked or unlinked a repository. It holds only the host of the URL,
 * because the audit log outlives an erasure of the user.
 */
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

/** Releases a claim without a report. The sync stays due. */
export async function releaseLinkUnreported(queryable: Queryable, claim: LinkClaim): Promise<void> {
  await queryable.query({
    name: 'release_memory_link_unreported',
    text: `update memory_links set lease_until = null
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and fence = $2`,
    values: [claim.id, claim.fence],
  });
}

/**
 * Marks a link as enqueued. The timer enqueues a due link with a token at most once in 4 minutes, however often it
 * runs; a request of the user is enqueued each time. The 4 minutes are less than the timer's 5, because a tick may come
 * early. Returns false when nothing is to be enqueued.
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

/** Lists users of all tenants whose sync is due, longest due first. SQL function `list_due_memory_links`. */
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
