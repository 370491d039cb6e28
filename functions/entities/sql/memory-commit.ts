import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { columnsOf } from './columns.ts';
import type { Owner } from './memory-object.ts';
import type { HeadRow } from './memory-repository.ts';

/** Where a sync fetched a commit from: the commit of the linked repository, and the authors of what is new in it. */
interface RemoteOrigin {
  commitId: string;
  authors: readonly string[];
}

export interface NewCommit {
  id: string;
  position: number;
  treeId: string;
  parentId: string | undefined;
  message: string;
  /** Later than the parent's. */
  at: string;
  /** The session that it applies; a session is applied once. */
  sessionId?: string | undefined;
  /** The source that it reverts. */
  revertedSource?: string | undefined;
  remote?: RemoteOrigin | undefined;
}

/** Inserts commits. A second commit with the same session or the same position fails the transaction. */
export function insertCommits({ tenantId, userId }: Owner, commits: readonly NewCommit[]): Statement {
  return {
    name: 'insert_memory_commits',
    text: `insert into memory_commits (tenant_id, user_id, id, position, tree_id, parent_id, session_id, message, committed_at, reverted_source,
        remote_commit, remote_authors)
      select $1, $2, c.id, c.position, c.tree_id, c.parent_id, c.session_id, c.message, c.committed_at, c.reverted_source, c.remote_commit,
        array(select jsonb_array_elements_text(c.remote_authors))
      from unnest($3::text[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::text[], $11::text[], $12::jsonb[])
        as c (id, position, tree_id, parent_id, session_id, message, committed_at, reverted_source, remote_commit, remote_authors)`,
    values: [
      tenantId,
      userId,
      ...columnsOf(commits, 'id', 'position', 'treeId', 'parentId', 'sessionId', 'message', 'at', 'revertedSource'),
      commits.map(({ remote }) => remote?.commitId ?? null),
      commits.map(({ remote }) => JSON.stringify(remote?.authors ?? [])),
    ],
  };
}

/** A path that a commit changed against its parent. */
export interface ChangedPath {
  path: string;
  beforeId: string | undefined;
  afterId: string | undefined;
}

/** Inserts what the commits at these positions changed. */
export function insertChanges(
  { tenantId, userId }: Owner,
  changes: readonly (ChangedPath & { position: number })[],
): Statement {
  return {
    name: 'insert_memory_changes',
    text: `insert into memory_changes (tenant_id, user_id, path, position, before_id, after_id)
      select $1, $2, c.* from unnest($3::text[], $4::integer[], $5::text[], $6::text[]) as c (path, position, before_id, after_id)`,
    values: [tenantId, userId, ...columnsOf(changes, 'path', 'position', 'beforeId', 'afterId')],
  };
}

export interface HistoryRow {
  commit_id: string;
  position: number;
  session_id: string | null;
  message: string;
  committed_at: string;
  remote_commit: string | null;
  remote_authors: string[];
  before_id: string | null;
  after_id: string | null;
}

/** Returns the commits below a position that changed a path, newest first. */
export async function listHistory(
  queryable: Queryable,
  page: { path: string; below: number | undefined; limit: number },
): Promise<HistoryRow[]> {
  return queryable.query<HistoryRow>({
    name: 'list_memory_history',
    text: `select c.id as commit_id, c.position, c.session_id, c.message, c.committed_at, c.remote_commit, c.remote_authors, h.before_id, h.after_id
      from memory_changes h join memory_commits c on c.tenant_id = h.tenant_id and c.user_id = h.user_id and c.position = h.position
      where h.tenant_id = current_tenant_id() and h.user_id = current_user_id() and h.path = $1 and ($2::integer is null or h.position < $2)
      order by h.position desc limit $3`,
    values: [page.path, page.below, page.limit],
  });
}

/** Returns the commit with an id, of a session or at a position; undefined when there is none. */
export async function findCommit(
  queryable: Queryable,
  by: { id?: string; sessionId?: string; position?: number },
): Promise<HeadRow | undefined> {
  const [row] = await queryable.query<HeadRow>({
    name: 'find_memory_commit',
    text: `select id, position, tree_id, committed_at from memory_commits
      where tenant_id = current_tenant_id() and user_id = current_user_id() and (id = $1 or session_id = $2 or position = $3) limit 1`,
    values: [by.id, by.sessionId, by.position],
  });
  return row;
}

interface StrengthRow {
  path: string;
  edits: number;
  changed_at: string;
  strength: number;
}

/**
 * Returns the strength of each file as of a commit: 0.7·log10(commits that changed it) + 0.3·e^(−days since the last ÷
 * 30), three decimals, by the database's clock. Commits of a consolidation or its undo are not counted: they add no
 * information. A file that only a consolidation changed counts as changed once.
 */
export async function listStrengths(queryable: Queryable, position: number): Promise<StrengthRow[]> {
  return queryable.query<StrengthRow>({
    name: 'list_memory_strengths',
    text: `select path, edits, changed_at,
        round((0.7 * log(edits) + 0.3 * exp(-greatest(extract(epoch from now() - changed_at), 0) / 86400 / 30))::numeric, 3)::float8 as strength
      from (
        select h.path, greatest(1, count(*) filter (where not k.is_upkeep))::integer as edits,
          coalesce(max(c.committed_at) filter (where not k.is_upkeep), max(c.committed_at)) as changed_at
        from memory_changes h join memory_commits c on c.tenant_id = h.tenant_id and c.user_id = h.user_id and c.position = h.position
        cross join lateral (select exists (select from memory_consolidation_steps s
            where s.tenant_id = c.tenant_id and s.user_id = c.user_id and s.commit_id = c.id)
          or exists (select from memory_consolidations u
            where u.tenant_id = c.tenant_id and u.user_id = c.user_id and u.undo_commit = c.id) as is_upkeep) k
        where h.tenant_id = current_tenant_id() and h.user_id = current_user_id() and h.position <= $1
          and h.path not like 'sessions/%' and h.path not like 'timeline/%' and h.path not like 'index/%'
        group by h.path) told`,
    values: [position],
  });
}
