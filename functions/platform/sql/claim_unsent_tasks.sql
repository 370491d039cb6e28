-- Claims tasks of the outbox that nobody sent to the queue for p_older_than, and counts the attempt. SKIP LOCKED keeps
-- concurrent sweepers from claiming the same tasks.
--
-- Tenants take turns: the oldest task of each tenant comes before the second oldest of any tenant, so that a tenant
-- with 100,000 waiting tasks does not delay the others. The function is in plpgsql, because Postgres plans an SQL
-- function without the value of its limit, and then sorts all rows for each batch.
create or replace function claim_unsent_tasks(p_older_than interval, p_limit integer)
returns setof outbox language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query with recursive owners as (
    (select o.tenant_id from outbox o order by o.tenant_id limit 1)
    union all
    select (select o.tenant_id from outbox o where o.tenant_id > w.tenant_id order by o.tenant_id limit 1)
    from owners w where w.tenant_id is not null
  ), oldest as materialized (
    select u.id, u.turn, u.waiting_since
    from owners w cross join lateral (
      select d.id, d.waiting_since, row_number() over (order by d.waiting_since, d.id) as turn
      from (select o.id, coalesce(o.tried_at, o.created_at) as waiting_since from outbox o
        where o.tenant_id = w.tenant_id and coalesce(o.tried_at, o.created_at) <= now() - p_older_than
        order by coalesce(o.tried_at, o.created_at) limit p_limit for update skip locked) d) u
    where w.tenant_id is not null
    order by u.turn, u.waiting_since limit p_limit
  )
  update outbox t set tried_at = now(), tries = t.tries + 1
  where t.id = any (array(select o.id from oldest o))
  returning t.*;
end $$;

alter function claim_unsent_tasks owner to apexflow_definer;
revoke all on function claim_unsent_tasks from public;
grant execute on function claim_unsent_tasks to apexflow_runtime;
