-- Lists users of all tenants whose entity files have p_least commits or more since their last consolidation. Tenants
-- take turns, so that the many subjects of one application do not delay the users of others; within a tenant the user
-- with the most new commits comes first. It costs two look-ups by key for each repository and reads no file. A user
-- with a consolidation that is queued for less than a day is left out; an older one was lost.
create or replace function list_unconsolidated_people(p_least integer, p_limit integer)
returns table (tenant_id text, user_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select w.tenant_id, w.user_id
  from (
    select r.tenant_id, r.user_id, r.id, row_number() over (partition by r.tenant_id
      order by c.position - r.consolidated_position desc, r.id) as turn
    from memory_repositories r
    join users u on u.id = accountable_user_id(r.user_id) and u.tenant_id = r.tenant_id and u.disabled_at is null
    join tenants t on t.id = r.tenant_id and t.disabled_at is null
    join memory_refs f on f.tenant_id = r.tenant_id and f.user_id = r.user_id and f.name = r.branch
    join memory_commits c on c.tenant_id = f.tenant_id and c.user_id = f.user_id and c.id = f.commit_id
    where r.consolidates and c.position - r.consolidated_position >= p_least
      and not exists (select from memory_consolidations k
        where k.tenant_id = r.tenant_id and k.user_id = r.user_id and k.status = 'queued'
        and k.created_at > now() - interval '1 day')
  ) w
  order by w.turn, w.id limit p_limit;
$$;

alter function list_unconsolidated_people owner to apexflow_definer;
revoke all on function list_unconsolidated_people from public;
grant execute on function list_unconsolidated_people to apexflow_runtime;
