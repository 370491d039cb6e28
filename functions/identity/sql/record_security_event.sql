-- Writes a refused action to the audit log of the tenant that the verified token or key belongs to; without a tenant
-- when it belongs to none.
create or replace function record_security_event(p_subject text, p_key_id text, p_action text, p_resource text,
  p_ip text, p_request_id text, p_data jsonb)
returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_log (tenant_id, user_id, action, resource, outcome, ip, request_id, data)
  select u.tenant_id, u.id, p_action, p_resource, 'refused', p_ip, p_request_id, p_data
  from (select 1) one
  left join users u on u.auth_subject = p_subject or u.id = (select k.user_id from api_keys k where k.id = p_key_id);
$$;

alter function record_security_event owner to apexflow_definer;
revoke all on function record_security_event from public;
grant execute on function record_security_event to apexflow_runtime;
