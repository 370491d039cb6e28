-- Replaces the graph of a run if p_revision is still its revision (optimistic locking). Raises AF409 when the graph
-- was changed in between.
create or replace function replace_graph(p_run_id text, p_revision integer, p_graph jsonb) returns void
language plpgsql security invoker as $$
begin
  update sessions set graph_data = p_graph || jsonb_build_object('revision', p_revision + 1)
  where id = p_run_id and coalesce((graph_data ->> 'revision')::integer, 0) = p_revision;
  if not found then
    perform refuse('AF409', 'the graph has another revision',
      'Another request changed the plan. Read it and try again.');
  end if;
end $$;
