-- Up Migration

-- Hosts that commands and web tools of a run may reach, and the bound that an admin sets for all runs of the tenant.
alter table sessions add column allowed_hosts text[] not null default '{}';
alter table tenants add column allowed_hosts text[] not null default '{}';
