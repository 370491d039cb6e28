-- Adds a line of the usage ledger to the sums of its day, in the transaction that inserts the line. Trigger of
-- usage_ledger.
create or replace function count_usage() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into usage_days as d (tenant_id, day, slot, user_id, kind, provider, model, calls, input_tokens, output_tokens,
    cached_tokens, cost, estimated_calls)
  values (new.tenant_id, (new.created_at at time zone 'UTC')::date,
    abs(hashtext(coalesce(new.run_id, new.reference)) % 16), new.user_id, new.kind,
    new.provider, new.model, 1, new.input_tokens, new.output_tokens, new.cached_tokens, new.cost,
    new.estimated::integer)
  on conflict (tenant_id, day, slot, user_id, kind, provider, model) do update set calls = d.calls + 1,
    input_tokens = d.input_tokens + excluded.input_tokens, output_tokens = d.output_tokens + excluded.output_tokens,
    cached_tokens = d.cached_tokens + excluded.cached_tokens, cost = d.cost + excluded.cost,
    estimated_calls = d.estimated_calls + excluded.estimated_calls;
  return null;
end $$;

alter function count_usage owner to apexflow_definer;
revoke all on function count_usage from public;
