-- Returns the users who see two statements: null for the whole tenant, an empty array for nobody.
create or replace function common_readers(p_one text[], p_other text[])
returns text[] language sql immutable parallel safe
  return case when p_one is null then p_other when p_other is null then p_one
    else array(select unnest(p_one) intersect select unnest(p_other)) end;

revoke all on function common_readers from public;
grant execute on function common_readers to apexflow_definer, apexflow_runtime;
