-- Reserves the most that a model call can cost. Returns the answer:
--
-- - reserved: granted is reserved. It is less than p_amount, but at least p_least, when the budget covers no more.
-- - unlimited: neither the run nor the tenant has a budget. Nothing is reserved.
-- - wait: the call may fit when other calls have ended. The node is marked, so that they wake it.
-- - refused: the budget does not cover the call.
-- - ended: the run was cancelled or has exceeded its budget.
--
-- For wait and refused, budget names the limit, with what is spent, what calls with an unknown outcome may have cost
-- (lost), what is set aside for calls under way, and the limit's total.
--
-- The budget of a day is the tenant's, and at most what the operator allows every tenant (p_most_per_day; null: any).
--
-- A turn (reference: node, turn, fence, attempt) writes off the turns of older claims of its node: their process died
-- or lost the node, and a node has one turn under way. Waiting for their expiry would stop a run with a small budget
-- for minutes.
--
-- Concurrent calls cannot overdraw a budget: calls of a run lock the run, and calls of a tenant with a budget lock the
-- tenant.
create or replace function reserve_call(p_run_id text, p_node_id text, p_reference text, p_amount numeric,
  p_least numeric, p_seconds double precision, p_most_per_day numeric)
returns table (answer text, budget text, granted numeric, spent numeric, lost numeric, set_aside numeric, total numeric)
language plpgsql security invoker as $$
#variable_conflict use_column
declare
  run sessions%rowtype;
  day_budget numeric;
  today record;
  of_day numeric;
  dead numeric;
  turn_pattern text := '^' || p_node_id || '(:\d+){3}$';
begin
  if p_run_id is not null then
    select * into run from sessions where id = p_run_id for no key update;
    if not found then
      p_run_id := null; -- The run was deleted; what is still learned from it is paid by the tenant.
    end if;
    if run.status in ('cancelled', 'cost_exceeded') then
      answer := 'ended';
      return next;
      return;
    end if;
  end if;
  select least(budget_usd_per_day, p_most_per_day) into day_budget from tenants where id = current_tenant_id();
  if run.budget_usd is null and day_budget is null then
    answer := 'unlimited';
    return next;
    return;
  end if;
  if p_reference ~ turn_pattern then
    with written_off as (
      update call_reservations r set written_off_at = now()
      where r.run_id = p_run_id and r.written_off_at is null and r.reference <> p_reference
        and r.reference ~ turn_pattern
      returning r.amount)
    select sum(w.amount) into dead from written_off w;
    if dead is not null then
      update sessions s set cost_unknown = s.cost_unknown + dead where s.id = p_run_id;
      run.cost_unknown := run.cost_unknown + dead;
    end if;
  end if;
  granted := p_amount;
  if run.budget_usd is not null then
    budget := 'run';
    spent := run.cost;
    lost := run.cost_unknown;
    total := run.budget_usd;
    set_aside := run.reserved + (select coalesce(sum(r.amount), 0) from call_reservations r
      where r.run_id = p_run_id and r.written_off_at is null and r.reference <> p_reference);
    granted := grant_call(total, spent + lost, set_aside, p_amount, p_least);
  end if;
  if granted >= 0 and day_budget is not null then
    perform from tenants where id = current_tenant_id() for no key update;
    select (select coalesce(sum(d.cost), 0) from usage_days d
        where d.tenant_id = current_tenant_id() and d.day = (now() at time zone 'UTC')::date) as spent,
      coalesce(sum(r.amount) filter (where r.written_off_at >= day_started_at()), 0) as lost,
      coalesce(sum(r.amount) filter (where r.written_off_at is null), 0) as set_aside
    into today from call_reservations r where r.tenant_id = current_tenant_id() and r.reference <> p_reference;
    of_day := grant_call(day_budget, today.spent + today.lost, today.set_aside, p_amount, p_least);
    if of_day is null or of_day < granted then
      granted := of_day;
      budget := 'day';
      spent := today.spent;
      lost := today.lost;
      set_aside := today.set_aside;
      total := day_budget;
    end if;
  end if;
  if granted is null then
    answer := 'wait';
    update run_nodes n set waits_for_budget = reserve_call.budget where n.id = p_node_id;
  elsif granted < 0 then
    answer := 'refused';
  else
    answer := 'reserved';
    spent := null;
    lost := null;
    set_aside := null;
    total := null;
    insert into call_reservations (tenant_id, reference, run_id, amount, expires_at)
    values (current_tenant_id(), p_reference, p_run_id, reserve_call.granted, now() + make_interval(secs => p_seconds))
    on conflict (tenant_id, reference) do update set amount = excluded.amount, expires_at = excluded.expires_at;
  end if;
  return next;
end $$;
