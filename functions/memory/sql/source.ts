import type { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import type { Source, SourceState } from '../source.ts';

export type SourceRow = z.input<typeof Source> & {
  /** Orders sources of the same time. A cursor holds it instead of the id, which may be a name. */
  mark: string;
};

interface SourceFilter {
  /** One source instead of all. */
  id?: string | undefined;
  kind?: string | undefined;
  state?: SourceState | undefined;
  /** Words of the title or the id. */
  text?: string | undefined;
}

/** The rows of a table that are the caller's. */
const own = (alias: string) => `${alias}.tenant_id = current_tenant_id() and ${alias}.user_id = current_user_id()`;
/** The items of a list in a JSON column; none when the column has another form. */
const itemsOf = (list: string) =>
  `jsonb_array_elements(case jsonb_typeof(${list}) when 'array' then ${list} else '[]' end)`;

/**
 * All sources of the caller: sessions, the sources of evidence without a session, syncs, and reverted sources that left
 * only their revert. Facts added by hand have no source; they are one source with the id of the user. A run that was
 * not archived, such as a cancelled one, has its task as the title, too, and a conversation its own title.
 */
const SOURCES = `heard as materialized (
    select s.id, s.kind, s.created_at as at, s.status, s.error, s.material ->> 'task' as title from memory_sessions s where ${own('s')}
  ), told as (
    select coalesce(e.source_id, e.author) as id, case when bool_and(e.source_id is null) then 'person' else min(e.source_kind) end as kind,
      min(e.recorded_at) as at, bool_and(e.source_id is null) as is_manual, count(distinct e.memory_id)::integer as facts,
      bool_and(m.trust = 'trusted') as is_trusted
    from memory_evidence e join memories m on m.id = e.memory_id where ${own('e')} group by 1
  ), reverts as (
    select c.reverted_source as id, max(c.position) as position, max(c.committed_at) as at from memory_commits c
    where ${own('c')} and c.reverted_source is not null group by 1
  ), sources as (
    select s.id, s.kind, s.at, s.title, s.title as task, s.status, s.error = 'reverted' as is_cleared, true as is_revertible from heard s
    union all
    select t.id, coalesce(r.kind, t.kind), t.at, case when t.is_manual then 'Added by hand' else coalesce(r.query, k.title) end, r.query, null, false, not t.is_manual
      from told t left join sessions r on ${own('r')} and r.id = t.id
        left join chat_sessions k on ${own('k')} and k.id = t.id where not exists (select from heard s where s.id = t.id)
    union all
    select c.remote_commit, 'sync', c.committed_at, split_part(c.message, E'\\n', 1), null, null, false, false from memory_commits c
      where ${own('c')} and c.remote_commit is not null
    union all
    select r.id, case when r.id ~ '^https?://' then 'web' else 'document' end, r.at, null, null, null, true, true from reverts r
      where not exists (select from heard s where s.id = r.id) and not exists (select from told t where t.id = r.id)
  ), stated as (
    select s.*, left(coalesce(s.title, f.text, s.id), 200) as shown, left(coalesce(f.text, s.task), 500) as quote,
      coalesce(f.speaker, case when s.task is not null then 'user' end) as speaker, j.id as job_id, md5(s.id) as mark,
      case when s.is_cleared or j.status = 'reverted' or (r.id is not null and not exists (select from memory_commits c
          where ${own('c')} and c.session_id = s.id and c.position > r.position)) then 'reverted'
        when j.status = 'staged' then 'staged' when 'failed' in (j.status, s.status) then 'failed'
        when j.status = 'queued' or s.status = 'pending' then 'pending' else 'learned' end as state
    from sources s
    left join memory_jobs j on ${own('j')} and j.session_id = s.id
    left join reverts r on r.id = s.id
    left join lateral (select t.text, t.speaker from memory_turns t where ${own('t')} and t.session_id = s.id
      order by t.position limit 1) f on true
  )`;

/** Returns the caller's sources with what came from each, newest first, from after a position. */
export async function listSources(
  queryable: Queryable,
  filter: SourceFilter,
  page: { after: { at: string; mark: string } | undefined; limit: number },
): Promise<SourceRow[]> {
  return queryable.query<SourceRow>({
    name: 'list_memory_sources',
    text: `with ${SOURCES}, page as (
        select * from stated s where ($1::text is null or s.id = $1) and ($2::text is null or s.kind = $2)
          and ($3::text is null or s.state = $3) and ($4::text is null or strpos(lower(s.shown || ' ' || s.id), lower($4)) > 0)
          and ($5::timestamptz is null or (s.at, s.mark) < ($5, $6))
        order by s.at desc, s.mark desc limit $7
      ), made as (
        select p.id, c.id as commit_id from page p join memory_commits c on ${own('c')} and c.session_id = p.id
        union
        select p.id, c.id from page p join memory_commits c on ${own('c')} and c.remote_commit = p.id where p.kind = 'sync'
      ), written as (
        select m.id, count(*)::integer as blocks, count(distinct b.path)::integer as entities from made m
        join memory_blocks b on ${own('b')} and b.commit_id = m.commit_id and b.valid_to is null group by m.id
      ), wished as (
        select i ->> 'source_id' as id, count(*)::integer as preferences from user_preferences u
        cross join lateral (select ${itemsOf("u.staging_queue -> 'items'")} union all select ${itemsOf("u.evidence_log -> 'events'")}) x (i)
        where ${own('u')} group by 1
      )
      select p.id, p.kind, p.shown as title, p.quote, p.speaker, p.at, p.state, p.is_revertible, p.job_id, p.mark,
        (select r.id from sessions r where r.tenant_id = current_tenant_id() and r.id = p.id) as run_id,
        case when coalesce(w.blocks, 0) > 0 or not t.is_trusted then 'untrusted' when t.is_trusted then 'trusted' end as trust,
        (select count(*)::integer from memory_turns n where ${own('n')} and n.session_id = p.id) as turns,
        coalesce(t.facts, 0) as facts, coalesce(w.blocks, 0) as blocks, coalesce(w.entities, 0) as entities, coalesce(v.preferences, 0) as preferences
      from page p left join told t on t.id = p.id left join written w on w.id = p.id left join wished v on v.id = p.id
      order by p.at desc, p.mark desc`,
    values: [filter.id, filter.kind, filter.state, filter.text, page.after?.at, page.after?.mark, page.limit],
  });
}
