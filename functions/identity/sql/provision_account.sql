-- Creates the member for a subject of the identity provider, as the first admin of a new tenant. Without a tenant
-- name, the tenant is named for the user. Idempotent: a subject that has a member gets that member.
create or replace function provision_account(p_subject text, p_email text, p_display_name text, p_tenant_name text)
returns users language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  member users%rowtype;
  tenant_name text := coalesce(nullif(trim(p_tenant_name), ''), p_display_name || '''s team');
  new_tenant_id text := 'ten_' || new_typeid_suffix();
  slug_start text;
begin
  perform pg_advisory_xact_lock(hashtextextended('provision:' || p_subject, 0));
  select * into member from users where auth_subject = p_subject;
  if found then
    return member;
  end if;
  -- A name without Latin letters and digits leaves nothing for the slug.
  slug_start := coalesce(nullif(trim(both '-' from 
    left(regexp_replace(lower(tenant_name), '[^a-z0-9]+', '-', 'g'), 40)), ''), 'team');
  insert into tenants (id, name, slug) values (new_tenant_id, left(tenant_name, 200),
    slug_start || '-' || right(new_tenant_id, 6));
  insert into users (id, tenant_id, auth_subject, email, display_name, role)
  values ('usr_' || new_typeid_suffix(), new_tenant_id, p_subject, p_email, left(p_display_name, 200), 'admin')
  returning * into member;
  return member;
end $$;

alter function provision_account owner to apexflow_definer;
revoke all on function provision_account from public;
grant execute on function provision_account to apexflow_runtime;
