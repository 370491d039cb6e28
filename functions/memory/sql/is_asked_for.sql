-- Returns whether a fact is in the scope that a search asks for. A null argument does not restrict the search.
-- Postgres inlines it into the steps of a search.
create or replace function is_asked_for(p_asked_scope text, p_run_id text, p_worker text, p_scope text, p_scope_id text)
returns boolean language sql immutable parallel safe
  return (p_asked_scope is null or p_scope = p_asked_scope)
    and (p_run_id is null or p_scope <> 'sprint' or p_scope_id = p_run_id)
    and (p_worker is null or p_scope <> 'worker' or p_scope_id = p_worker);

revoke all on function is_asked_for from public;
grant execute on function is_asked_for to apexflow_definer;
