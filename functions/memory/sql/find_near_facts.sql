-- Returns the ids of the facts whose vectors are nearest to a vector. For search_memories only.
--
-- p_exactly compares all visible facts, which is right up to 10,000 of them: an approximate index filters after it has
-- selected. Above that the index is used, and each of its results is looked up by its key. The statement is dynamic,
-- so that Postgres plans it for this tenant: the better plan depends on the tenant's share of the table. It contains
-- no text from outside.
create or replace function find_near_facts(p_embedding vector, p_embedder text, p_limit integer, p_scope text,
  p_run_id text, p_worker text, p_as_of timestamptz, p_exactly boolean)
returns text[] language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  v_in_sight text := 'm.tenant_id = $1 and is_visible_to($8, m.trust, m.scope, m.user_id) and m.embedder = $3
    and is_true_at($7, m.valid_from, m.valid_to) and is_asked_for($4, $5, $6, m.scope, m.scope_id)'
    -- A subject sees only their own facts: this condition finds them by an index.
    || case when is_subject(current_user_id()) then ' and m.user_id = $8' else '' end;
  v_near text[];
begin
  execute case when p_exactly then
    'select array(select n.memory_id from (
      select v.memory_id, v.embedding <=> $2 as distance from memory_vectors v join memories m on m.id = v.memory_id
      where v.tenant_id = $1 and ' || v_in_sight || ' offset 0) n order by n.distance limit $9)'
  else
    'select array(select v.memory_id from memory_vectors v cross join lateral (
        select from memories m where m.id = v.memory_id and ' || v_in_sight || ' offset 0) m
      where v.tenant_id = $1 order by v.embedding <=> $2 limit $9)'
  end
  into v_near using current_tenant_id(), p_embedding, p_embedder, p_scope, p_run_id, p_worker, p_as_of,
    current_user_id(), p_limit;
  return v_near;
end $$;

revoke all on function find_near_facts from public;
grant execute on function find_near_facts to apexflow_definer;
