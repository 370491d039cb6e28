import type { Queryable } from '../../platform/database/database.ts';
import { textOf } from '../git/object.ts';

/** A commit of the branch, with the change set that it applied if a session made it. */
export interface CommitRow {
  id: string;
  position: number;
  tree_id: string;
  session_id: string | null;
  message: string;
  committed_at: string;
  reverted_source: string | null;
  /** The commit of the linked repository that a sync fetched. */
  remote_commit: string | null;
  remote_authors: string[];
  base_position: number | null;
  proposer: 'model' | 'rules' | null;
  edits: unknown;
  shown: string[] | null;
  session_day: string | null;
}

/** Returns the commits of the transaction's user from a position on, in order. */
export async function listCommitsFrom(queryable: Queryable, position: number): Promise<CommitRow[]> {
  return queryable.query<CommitRow>({
    name: 'list_memory_commits_from',
    text: `select c.id, c.position, c.tree_id, c.session_id, c.message, c.committed_at, c.reverted_source, c.remote_commit, c.remote_authors,
        b.position as base_position, s.proposer, s.edits, s.shown, s.session_day
      from memory_commits c
      left join memory_change_sets s on s.tenant_id = c.tenant_id and s.user_id = c.user_id and s.session_id = c.session_id
      left join memory_commits b on b.tenant_id = s.tenant_id and b.user_id = s.user_id and b.id = s.base_commit
      where c.tenant_id = current_tenant_id() and c.user_id = current_user_id() and c.position >= $1 order by c.position`,
    values: [position],
  });
}

interface ChangeRow {
  position: number;
  path: string;
  after_id: string | null;
  /** Only of entity files and timeline files. */
  text: string | null;
}

/** Returns what the commits between two positions changed, with the new texts of entity files and timeline files. */
export async function listChangesBetween(queryable: Queryable, from: number, to: number): Promise<ChangeRow[]> {
  const rows = await queryable.query<Omit<ChangeRow, 'text'> & { content: Buffer | null }>({
    name: 'list_memory_changes_between',
    text: `select h.position, h.path, h.after_id, o.content
      from memory_changes h
      left join memory_objects o on o.tenant_id = h.tenant_id and o.user_id = h.user_id and o.id = h.after_id
        and h.path like '%.md' and h.path ~ '^(profile\\.md$|timeline/|memories/|entities/)'
      where h.tenant_id = current_tenant_id() and h.user_id = current_user_id() and h.position between $1 and $2
      order by h.position, h.path`,
    values: [from, to],
  });
  // A push to a linked repository can contain a picture under such a name. It has no text, and must not fail the query.
  return rows.map(({ content, ...row }) => ({ ...row, text: content === null ? null : (textOf(content) ?? null) }));
}

export interface StagedRow {
  session_id: string;
  job_id: string | null;
  attempts: number | null;
  base_position: number;
  proposer: 'model' | 'rules';
  edits: unknown;
  shown: string[];
  session_day: string;
}

/** Returns the change sets that are staged on a commit from a position on and not committed. */
export async function listStagedFrom(queryable: Queryable, position: number): Promise<StagedRow[]> {
  return queryable.query<StagedRow>({
    name: 'list_memory_staged_from',
    text: `select s.session_id, j.id as job_id, j.attempts, b.position as base_position, s.proposer, s.edits, s.shown, s.session_day
      from memory_change_sets s
      join memory_commits b on b.tenant_id = s.tenant_id and b.user_id = s.user_id and b.id = s.base_commit
      left join memory_jobs j on j.tenant_id = s.tenant_id and j.user_id = s.user_id and j.session_id = s.session_id
      where s.tenant_id = current_tenant_id() and s.user_id = current_user_id() and b.position >= $1
        and not exists (select from memory_commits c where c.tenant_id = s.tenant_id and c.user_id = s.user_id and c.session_id = s.session_id)
      order by s.created_at, s.session_id`,
    values: [position],
  });
}

/** Returns the position of the first commit of any of these sessions; undefined when the branch has none. */
export async function findFirstCommitOf(
  queryable: Queryable,
  sessionIds: readonly string[],
): Promise<number | undefined> {
  const [row] = await queryable.query<{ position: number | null }>({
    name: 'find_first_memory_commit_of',
    text: `select min(position) as position from memory_commits
      where tenant_id = current_tenant_id() and user_id = current_user_id() and session_id = any ($1)`,
    values: [sessionIds],
  });
  return row?.position ?? undefined;
}

/**
 * Tells whether a proposal made on this commit may be staged: the commit exists, and no source was reverted after it.
 */
export async function findIsSoundBase(queryable: Queryable, baseCommit: string): Promise<boolean> {
  const [row] = await queryable.query<{ is_sound: boolean }>({
    name: 'find_is_sound_memory_base',
    text: `select exists (select from memory_commits b
        where b.tenant_id = current_tenant_id() and b.user_id = current_user_id() and b.id = $1
          and not exists (select from memory_commits r where r.tenant_id = b.tenant_id and r.user_id = b.user_id
            and r.position > b.position and r.reverted_source is not null)) as is_sound`,
    values: [baseCommit],
  });
  return row?.is_sound ?? false;
}

/** Tells whether the branch reverted this source already, and none of these sessions was committed after that. */
export async function findRevert(
  queryable: Queryable,
  sourceId: string,
  sessionIds: readonly string[],
): Promise<boolean> {
  const [row] = await queryable.query<{ is_reverted: boolean }>({
    name: 'find_memory_revert',
    text: `select exists (select from memory_commits r
        where r.tenant_id = current_tenant_id() and r.user_id = current_user_id() and r.reverted_source = $1
          and not exists (select from memory_commits c where c.tenant_id = r.tenant_id and c.user_id = r.user_id
            and c.position > r.position and c.session_id = any ($2))) as is_reverted`,
    values: [sourceId, sessionIds],
  });
  return row?.is_reverted ?? false;
}
