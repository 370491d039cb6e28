-- Up Migration

-- Tasks that nobody created come out of the outbox in turns of their tenants, so that one with a hundred thousand of them does not hold up the others. The index
-- takes the place of the one by age alone: it finds the tenants that have tasks, and each one's oldest.
create index outbox_by_tenant on outbox (tenant_id, coalesce(tried_at, created_at));
drop index outbox_unsent;

-- Tasks that nobody created for `p_older_than`, the oldest of each tenant before the second oldest of any; marks the try, so that two sweepers do not take the same.
create or replace function claim_unsent_tasks(p_older_than interval, p_limit integer)
returns setof outbox language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with recursive owners as (
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
  update outbox set tried_at = now(), tries = tries + 1
  where id = any (array(select o.id from oldest o))
  returning *;
$$;
