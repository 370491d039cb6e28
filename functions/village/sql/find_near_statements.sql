-- Returns the ids of the statements whose vectors are nearest to a vector. For search_village only.
--
-- p_exactly compares all statements that the user hears, which is right up to 10,000 of them: an approximate index
-- filters after it has selected. The statement is dynamic, so that Postgres plans it for this tenant. It contains no
-- text from outside.
create or replace function find_near_statements(p_embedding vector, p_embedder text, p_limit integer, p_acting text,
  p_realm text, p_agent_id text, p_thread_id text, p_category text, p_since timestamptz, p_until timestamptz,
  p_exactly boolean)
returns text[] language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  v_in_sight constant text := 'k.tenant_id = $1 and (k.readers is null or $2 = any (k.readers)) and k.embedder = $4
    and k.merged_into is null
    and is_heard_by($6, k.realm, k.agent_id, k.sides) and ($7 is null or k.realm = $7)
    and ($8 is null or k.agent_id = $8) and ($9 is null or k.thread_id = $9) and ($10 is null or k.category = $10)
    and ($11 is null or k.created_at >= $11) and ($12 is null or k.created_at < $12)';
  v_near text[];
begin
  execute case when p_exactly then
    'select array(select n.statement_id from (
      select v.statement_id, v.embedding <=> $3 as distance from village_vectors v
        join village_knowledge k on k.id = v.statement_id
      where v.tenant_id = $1 and ' || v_in_sight || ' offset 0) n order by n.distance limit $5)'
  else
    'select array(select v.statement_id from village_vectors v cross join lateral (
        select from village_knowledge k where k.id = v.statement_id and ' || v_in_sight || ' offset 0) k
      where v.tenant_id = $1 order by v.embedding <=> $3 limit $5)'
  end
  into v_near using current_tenant_id(), current_user_id(), p_embedding, p_embedder, p_limit, p_acting, p_realm,
    p_agent_id, p_thread_id, p_category, p_since, p_until;
  return v_near;
end $$;

revoke all on function find_near_statements from public;
grant execute on function find_near_statements to apexflow_definer;
