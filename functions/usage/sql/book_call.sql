-- Books the cost of a call once per reference: in the ledger, on its node and on its run, whatever their state is. Then
-- it releases the reservation of the call. Returns whether this call booked it, in one row for each task of a node that
-- waited for the released money, or in one row without a task. A turn is booked by record_turn.
create or replace function book_call(p_user_id text, p_run_id text, p_node_id text, p_kind text, p_reference text,
  p_provider text, p_model text, p_input_tokens bigint, p_output_tokens bigint, p_cached_tokens bigint, p_cost numeric,
  p_estimated boolean, p_price text, p_reservation text)
returns table (booked boolean, task_name text, queue text, step text, payload jsonb)
language plpgsql security invoker as $$
declare
  is_new boolean;
  woken record;
begin
  if p_run_id is not null then
    perform from sessions where id = p_run_id for no key update;
  end if;
  is_new := insert_ledger_line(p_user_id, p_run_id, p_node_id, p_kind, p_reference, p_provider, p_model,
    p_input_tokens, p_output_tokens, p_cached_tokens, p_cost, p_estimated, p_price);
  if is_new and p_node_id is not null then
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
  booked := is_new;
  if p_reservation is not null and release_reservation(p_reservation) then
    for woken in select w.task_name, w.queue, w.step, w.payload from wake_budget_waiters(p_run_id) w loop
      task_name := woken.task_name;
      queue := woken.queue;
      step := woken.step;
      payload := woken.payload;
      return next;
    end loop;
  end if;
  if task_name is null then
    return next;
  end if;
end $$;
