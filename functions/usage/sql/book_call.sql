-- Books the cost of a model call once per reference: in the ledger, on its node and on its run, whatever their state
-- is. Then it releases the reservation of the call. Returns whether this call booked it. The owner of a subject pays.
--
-- p_next_turn: the call became a turn of the node; this is the number of the next turn, and the attempts start at 0
-- again.
create or replace function book_call(p_user_id text, p_run_id text, p_node_id text, p_kind text, p_reference text,
  p_provider text, p_model text, p_input_tokens bigint, p_output_tokens bigint, p_cached_tokens bigint, p_cost numeric,
  p_reservation text, p_next_turn integer) returns boolean
language plpgsql security invoker as $$
declare
  is_new boolean;
begin
  -- A turn is booked by a claim, which holds the lock of the run already.
  if p_run_id is not null and p_next_turn is null then
    perform from sessions where id = p_run_id for no key update;
  end if;
  -- An answer that could not be recorded is booked as an attempt. The caller cannot always know whether it was
  -- recorded after all, so a turn and an attempt with the same reference exclude each other.
  insert into usage_ledger (tenant_id, user_id, run_id, node_id, kind, reference, provider, model, input_tokens,
    output_tokens, cached_tokens, cost)
  select current_tenant_id(), accountable_user_id(p_user_id), p_run_id, p_node_id, p_kind, p_reference, p_provider,
    p_model, p_input_tokens, p_output_tokens, p_cached_tokens, p_cost
  where not exists (select from usage_ledger l where l.tenant_id = current_tenant_id() and l.reference = p_reference
    and l.kind = case p_kind when 'turn' then 'attempt' when 'attempt' then 'turn' end)
  on conflict (tenant_id, kind, reference) do nothing;
  is_new := found;
  if p_next_turn is not null then
    update run_nodes set turn = p_next_turn, attempts = 0,
      input_tokens = input_tokens + case when is_new then p_input_tokens else 0 end,
      output_tokens = output_tokens + case when is_new then p_output_tokens else 0 end,
      cached_tokens = cached_tokens + case when is_new then p_cached_tokens else 0 end,
        cost = cost + case when is_new then p_cost else 0 end
    where id = p_node_id;
  elsif is_new and p_node_id is not null then
    update run_nodes set input_tokens = input_tokens + p_input_tokens, output_tokens = output_tokens + p_output_tokens,
      cached_tokens = cached_tokens + p_cached_tokens, cost = cost + p_cost
    where id = p_node_id;
  end if;
  if is_new and p_run_id is not null then
    -- The tokens of a run are those of its workers; its cost is the cost of every call.
    update sessions set cost = cost + p_cost,
      input_tokens = input_tokens + case when p_node_id is null then 0 else p_input_tokens end,
      output_tokens = output_tokens + case when p_node_id is null then 0 else p_output_tokens end,
      cached_tokens = cached_tokens + case when p_node_id is null then 0 else p_cached_tokens end
    where id = p_run_id;
  end if;
  if p_reservation is not null then
    perform release_reservation(p_reservation);
  end if;
  return is_new;
end $$;
