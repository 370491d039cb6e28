-- Deletes expired rows of all tenants: stored answers of idempotent requests, rate-limit buckets that are full again,
-- and expired refresh tokens. Deletes at most p_limit rows of each kind, so that a run of the timer stays short.
create or replace function sweep_expired(p_keep_answers interval, p_limit integer, out idempotency_keys integer,
  out rate_limits integer, out refresh_tokens integer)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from idempotency_keys k where k.ctid = any (array(
    select i.ctid from idempotency_keys i where i.created_at < now() - p_keep_answers limit p_limit));
  get diagnostics idempotency_keys = row_count;
  -- A bucket is full again after a minute.
  delete from rate_limits r where r.ctid = any (array(
    select l.ctid from rate_limits l where l.updated_at < now() - interval '5 minutes' limit p_limit));
  get diagnostics rate_limits = row_count;
  delete from local_refresh_tokens t where t.ctid = any (array(
    select e.ctid from local_refresh_tokens e where e.expires_at < now() limit p_limit));
  get diagnostics refresh_tokens = row_count;
end $$;

alter function sweep_expired owner to apexflow_definer;
revoke all on function sweep_expired from public;
grant execute on function sweep_expired to apexflow_runtime;
