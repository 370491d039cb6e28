-- Inserts a line of the ledger once per reference. Returns whether it is new. The owner of a subject pays.
--
-- An answer that could not be recorded is booked as an attempt. The caller cannot always know whether it was recorded
-- after all, so a turn and an attempt with the same reference exclude each other. The caller holds the lock of the run,
-- so both cannot be booked at once.
create or replace function insert_ledger_line(p_user_id text, p_run_id text, p_node_id text, p_kind text,
  p_reference text, p_provider text, p_model text, p_input_tokens bigint, p_output_tokens bigint,
  p_cached_tokens bigint, p_cost numeric, p_estimated boolean, p_price text) returns boolean
language plpgsql security invoker as $$
begin
  insert into usage_ledger (tenant_id, user_id, run_id, node_id, kind, reference, provider, model, input_tokens,
    output_tokens, cached_tokens, cost, estimated, price)
  select current_tenant_id(), accountable_user_id(p_user_id), p_run_id, p_node_id, p_kind, p_reference, p_provider,
    p_model, p_input_tokens, p_output_tokens, p_cached_tokens, p_cost, p_estimated, p_price
  where not exists (select from usage_ledger l where l.tenant_id = current_tenant_id() and l.reference = p_reference
    and l.kind = case p_kind when 'turn' then 'attempt' when 'attempt' then 'turn' end)
  on conflict (tenant_id, kind, reference) do nothing;
  return found;
end $$;
