-- Returns the statements of other agents that are nearest to a statement by their vectors of the same embedder, nearest
-- first, among those that some user sees together with it. `is_known`: the pair is compared already. Positions of two
-- councils are only compared when both answer the same question, which is the title of their threads: "Yes" to one
-- question says nothing about another.
--
-- Only for steps: it reads statements that the statement's own user may not see, so it returns nothing to a user.
-- SECURITY DEFINER, because row-level security would look up the statement of every vector before the nearest are
-- known.
--
-- Up to 20,000 statements of the tenant all are compared. Above, an approximate index selects before the conditions
-- filter, and its scan goes on until enough are found. The statement is dynamic, so that Postgres plans it for this
-- tenant. It contains no text from outside.
create or replace function find_pair_candidates(p_statement_id text, p_limit integer)
returns table (id text, agent_id text, readers text[], content text, similarity float8, is_known boolean)
language plpgsql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
set ivfflat.iterative_scan = 'relaxed_order' set ivfflat.probes = 20 set hnsw.iterative_scan = 'relaxed_order' as $$
#variable_conflict use_column
declare
  v_most_exactly constant integer := 20000;
  v_own village_knowledge;
  v_embedding vector;
  v_statements integer;
  v_of_question text[];
  v_candidate constant text := 'k.tenant_id = $1 and k.agent_id <> $2 and k.embedder = $3
    and ($4::text[] is null or k.readers is null or k.readers && $4)
    and ($8::text[] is null or k.source_kind <> ''council'' or k.thread_id = any ($8))';
begin
  if current_user_id() is not null then return; end if;
  select k.* into v_own from village_knowledge k where k.tenant_id = current_tenant_id() and k.id = p_statement_id;
  select v.embedding into v_embedding from village_vectors v where v.statement_id = v_own.id;
  if v_embedding is null then return; end if;
  select count(*) into v_statements
  from (select from village_vectors v where v.tenant_id = v_own.tenant_id limit v_most_exactly + 1) v;

  if v_own.source_kind = 'council' then
    v_of_question := array(select t.id from village_threads t where t.tenant_id = v_own.tenant_id
      and t.title = (select own.title from village_threads own where own.id = v_own.thread_id));
  end if;

  return query execute 'select k.id, k.agent_id, k.readers, k.content, 1 - n.distance,
      exists (select from village_pairs p where p.one_id = least(k.id, $7) and p.other_id = greatest(k.id, $7))
    from (' || case when v_statements <= v_most_exactly then
      'select v.statement_id, v.distance from (
        select v.statement_id, v.embedding <=> $5 as distance from village_vectors v
          join village_knowledge k on k.id = v.statement_id
        where v.tenant_id = $1 and ' || v_candidate || ' offset 0) v order by v.distance limit $6'
    else
      'select v.statement_id, v.embedding <=> $5 as distance from village_vectors v cross join lateral (
          select from village_knowledge k where k.id = v.statement_id and ' || v_candidate || ' offset 0) k
        where v.tenant_id = $1 order by v.embedding <=> $5 limit $6'
    end || ') n join village_knowledge k on k.id = n.statement_id
    where n.distance = n.distance order by n.distance, k.id'
  using v_own.tenant_id, v_own.agent_id, v_own.embedder, v_own.readers, v_embedding, p_limit, v_own.id,
    v_of_question;
end $$;

alter function find_pair_candidates owner to apexflow_definer;
revoke all on function find_pair_candidates from public;
grant execute on function find_pair_candidates to apexflow_runtime;
