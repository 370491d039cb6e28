-- Reserves the most that a model call can cost. Returns 'reserved'; 'unlimited' when neither the run nor the tenant
-- has a budget; 'run' or 'day' for the budget that does not cover the call. A run that was cancelled or exceeded its
-- budget reserves nothing.
--
-- The budget of a day is the tenant's, and at most what the operator allows every tenant (p_most_per_day; null: any).
--
-- Concurrent calls cannot overdraw a budget: calls of a run lock the run, and calls of a tenant with a budget lock the
-- tenant.
create or replace function reserve_call(p_run_id text, p_reference text, p_amount numeric, p_seconds double precision,
  p_most_per_day numeric)
returns text
language plpgsql security invoker as $$
declare
  run sessions%rowtype;
  day_budget numeric;
begin
  if p_run_id is not null then
    select * into run from sessions where id = p_run_id for no key update;
    if not found then
      p_run_id := null; -- The run was deleted; what is still learned from it is paid by the tenant.
    end if;
    if run.status in ('cancelled', 'cost_exceeded') then
      return 'run';
    end if;
  end if;
  select least(budget_usd_per_day, p_most_per_day) into day_budget from tenants where id = current_tenant_id();
  if run.budget_usd is null and day_budget is null then
    return 'unlimited';
  end if;
  if run.cost + run.cost_unknown + run.reserved + p_amount + (select coalesce(sum(r.amount), 0) from call_reservations r
      where r.run_id = p_run_id and r.written_off_at is null and r.reference <> p_reference) > run.budget_usd then
    return 'run';
  end if;
  if day_budget is not null then
    perform from tenants where id = current_tenant_id() for no key update;
    if p_amount + (select coalesce(sum(d.cost), 0) from usage_days d
      where d.tenant_id = current_tenant_id() and d.day = (now() at time zone 'UTC')::date)
        + (select coalesce(sum(r.amount), 0) from call_reservations r
          where r.tenant_id = current_tenant_id() and r.reference <> p_reference
          and (r.written_off_at is null or r.written_off_at >= day_started_at())) > day_budget then
      return 'day';
    end if;
  end if;
  insert into call_reservations (tenant_id, reference, run_id, amount, expires_at)
  values (current_tenant_id(), p_reference, p_run_id, p_amount, now() + make_interval(secs => p_seconds))
  on conflict (tenant_id, reference) do update set amount = excluded.amount, expires_at = excluded.expires_at;
  return 'reserved';
end $$;
