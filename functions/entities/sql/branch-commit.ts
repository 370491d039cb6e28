import type { Queryable } from '../../platform/database/database.ts';

export type CommitKind = 'session' | 'revert' | 'consolidation' | 'undo' | 'sync' | 'erased' | 'other';

export interface BranchCommitRow {
  id: string;
  position: number;
  committed_at: string;
  message: string;
  kind: CommitKind;
  source_id: string | null;
  source_title: string | null;
  session_kind: string | null;
  proposer: 'model' | 'rules' | null;
  remote_authors: string[];
  is_reverted: boolean;
  added: number;
  changed: number;
  removed: number;
  entity_count: number;
  entities: { path: string; kind: 'created' | 'changed' | 'removed' }[];
}

/** Which commits of a branch a list shows: `from` and `to` are moments, the first included, the last not. */
export interface CommitFilter {
  entity: string | undefined;
  from: string | undefined;
  to: string | undefined;
}

/** Files that are made from other files count as no change of an entity. */
const IS_ENTITY = `h.path like '%.md' and h.path ~ '^(profile\\.md$|memories/|entities/)'`;
/** `c` is a commit; $1 to $3 are the filter. */
const MATCHES = `c.tenant_id = current_tenant_id() and c.user_id = current_user_id()
  and ($1::text is null or exists (select from memory_changes h
    where h.tenant_id = c.tenant_id and h.user_id = c.user_id and h.path = $1 and h.position = c.position))
  and ($2::timestamptz is null or c.committed_at >= $2) and ($3::timestamptz is null or c.committed_at < $3)`;
/**
 * The blocks that the commits of `page` began and ended, by the moment of the commit, which is unique in a branch. A
 * block that a commit ended and began is changed.
 */
const TOUCHED = `select p.position, b.path, b.block, true as is_new from page p
    join memory_blocks b on b.tenant_id = p.tenant_id and b.user_id = p.user_id and b.valid_from = p.committed_at
  union all
  select p.position, b.path, b.block, false from page p
    join memory_blocks b on b.tenant_id = p.tenant_id and b.user_id = p.user_id and b.valid_to = p.committed_at`;

/**
 * Returns the commits of the user's branch below a position, newest first, with what each did: its kind, its source,
 * counts of blocks, and the first `entities` files that it changed. `is_reverted` says that a later commit reverted the
 * session of this one.
 */
export async function listBranchCommits(
  queryable: Queryable,
  filter: CommitFilter,
  page: { below: number | undefined; limit: number; entities: number },
): Promise<BranchCommitRow[]> {
  return queryable.query<BranchCommitRow>({
    name: 'list_branch_commits',
    text: `with page as (
        select c.* from memory_commits c where ${MATCHES} and ($4::integer is null or c.position < $4)
        order by c.position desc limit $5
      ), counted as (
        select t.position, count(*) filter (where t.begun and not t.ended) as added,
          count(*) filter (where t.begun and t.ended) as changed, count(*) filter (where not t.begun) as removed
        from (select position, path, block, bool_or(is_new) as begun, bool_or(not is_new) as ended from (${TOUCHED}) b
          group by position, path, block) t
        group by t.position
      )
      select c.id, c.position, c.committed_at, c.message, k.kind, a.kind as session_kind, s.proposer, c.remote_authors,
        case k.kind when 'session' then c.session_id when 'revert' then c.reverted_source when 'sync' then c.remote_commit
          when 'consolidation' then d.consolidation_id when 'undo' then u.id end as source_id,
        case when k.kind in ('session', 'revert') then left(coalesce(
          (select t.text from memory_turns t where t.tenant_id = c.tenant_id and t.user_id = c.user_id
            and t.session_id = coalesce(c.reverted_source, c.session_id) order by t.position limit 1),
          (select o.material ->> 'task' from memory_sessions o where o.tenant_id = c.tenant_id and o.user_id = c.user_id
            and o.id = coalesce(c.reverted_source, c.session_id)),
          case when c.reverted_source ~ '^https?://' then c.reverted_source end), $8) end as source_title,
        exists (select from memory_commits r where r.tenant_id = c.tenant_id and r.user_id = c.user_id
          and r.position > c.position and r.reverted_source = c.session_id) as is_reverted,
        coalesce(n.added, 0)::integer as added, coalesce(n.changed, 0)::integer as changed, coalesce(n.removed, 0)::integer as removed,
        f.entity_count, f.entities
      from page c
      left join counted n on n.position = c.position
      left join memory_change_sets s on s.tenant_id = c.tenant_id and s.user_id = c.user_id and s.session_id = c.session_id
      left join memory_sessions a on a.tenant_id = c.tenant_id and a.user_id = c.user_id and a.id = c.session_id
      left join lateral (select p.consolidation_id from memory_consolidation_steps p
        where p.tenant_id = c.tenant_id and p.user_id = c.user_id and p.commit_id = c.id limit 1) d on true
      left join lateral (select m.id from memory_consolidations m
        where m.tenant_id = c.tenant_id and m.user_id = c.user_id and m.undo_commit = c.id limit 1) u on true
      cross join lateral (select case when c.reverted_source is not null then 'revert' when c.session_id is not null then 'session'
        when c.message = $7 then 'erased' when c.remote_commit is not null then 'sync' when d.consolidation_id is not null then 'consolidation'
        when u.id is not null then 'undo' else 'other' end as kind) k
      cross join lateral (select count(*)::integer as entity_count,
          coalesce(jsonb_agg(jsonb_build_object('path', e.path, 'kind', e.kind) order by e.path collate "C") filter (where e.place <= $6), '[]') as entities
        from (select h.path, row_number() over (order by h.path collate "C") as place,
            case when h.before_id is null then 'created' when h.after_id is null then 'removed' else 'changed' end as kind
          from memory_changes h
          where h.tenant_id = c.tenant_id and h.user_id = c.user_id and h.position = c.position and ${IS_ENTITY}) e) f
      order by c.position desc`,
    values: [
      filter.entity,
      filter.from,
      filter.to,
      page.below,
      page.limit,
      page.entities,
      ERASED_MESSAGE,
      LONGEST_TITLE,
    ],
  });
}

/** Characters of a title; sources have as many. */
const LONGEST_TITLE = 200;

/** The message of a commit of an erased source. The commit stays at its position and changes nothing. */
export const ERASED_MESSAGE = 'Erased';

export interface CommitDayRow {
  day: string;
  commits: number;
  blocks: number;
}

/** Counts the commits of each day of a zone, and the blocks that they touched, newest day first. */
export async function countCommitsByDay(
  queryable: Queryable,
  filter: CommitFilter,
  { zone, limit }: { zone: string; limit: number },
): Promise<CommitDayRow[]> {
  return queryable.query<CommitDayRow>({
    name: 'count_branch_commits_by_day',
    text: `with page as (select c.tenant_id, c.user_id, c.position, c.committed_at from memory_commits c where ${MATCHES}),
      touched as (select t.position, count(*) as blocks from (select distinct b.position, b.path, b.block from (${TOUCHED}) b) t group by t.position)
      select to_char(p.committed_at at time zone $4, 'YYYY-MM-DD') as day, count(*)::integer as commits,
        coalesce(sum(t.blocks), 0)::integer as blocks
      from page p left join touched t on t.position = p.position group by day order by day desc limit $5`,
    values: [filter.entity, filter.from, filter.to, zone, limit],
  });
}
