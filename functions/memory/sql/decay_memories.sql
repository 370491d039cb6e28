-- Lowers the confidence of untrusted facts of all tenants with time: confidence * 0.5^(days / half-life), down to
-- p_floor. p_half_lives has the days for each category: {"category": days, "*": days}. A fact decays when p_interval
-- has passed since it was last changed or decayed. Trusted facts do not decay.
--
-- Idempotent: decayed_at records until when the decay was counted. Concurrent calls skip each other's rows. Returns
-- how many facts decayed; at most p_limit. The figures come from functions/memory/confidence.ts.
create or replace function decay_memories(p_half_lives jsonb, p_floor real, p_interval interval, p_limit integer)
returns integer
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with due as (
    select m.id from memories m
    where m.trust = 'untrusted' and m.valid_to is null and m.confidence > p_floor
      and greatest(m.decayed_at, m.updated_at) < now() - p_interval
    order by greatest(m.decayed_at, m.updated_at) limit p_limit for update skip locked
  ), faded as (
    update memories m set decayed_at = now(), confidence = greatest(p_floor, m.confidence
      * power(0.5, extract(epoch from now() - greatest(m.decayed_at, m.updated_at)) / 86400
        / coalesce((p_half_lives ->> m.category)::float8, (p_half_lives ->> '*')::float8)))
    from due where due.id = m.id returning 1
  )
  select count(*)::integer from faded;
$$;

alter function decay_memories owner to apexflow_definer;
revoke all on function decay_memories from public;
grant execute on function decay_memories to apexflow_runtime;
