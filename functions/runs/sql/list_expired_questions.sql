-- Lists questions of all tenants that nobody answered in time.
create or replace function list_expired_questions(p_limit integer)
returns table (tenant_id text, run_id text, question_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select q.tenant_id, q.run_id, q.id from run_questions q where q.status = 'open' and q.expires_at < now()
    order by q.expires_at limit p_limit;
$$;

alter function list_expired_questions owner to apexflow_definer;
revoke all on function list_expired_questions from public;
grant execute on function list_expired_questions to apexflow_runtime;
