-- Two roles, both without login.
--
-- apexflow_runtime runs every statement of the program. It owns nothing, and row-level security applies to it.
-- apexflow_definer owns the audited SECURITY DEFINER functions. A policy of its own lets it see all rows, because
-- AlloyDB does not grant BYPASSRLS.
--
-- Roles belong to the server and not to the database, so another database of the server may have created them.
do $$
begin
  create role apexflow_runtime nologin;
exception when duplicate_object or unique_violation then null;
end $$;
do $$
begin
  create role apexflow_definer nologin;
exception when duplicate_object or unique_violation then null;
end $$;
do $$
begin
  execute format('grant apexflow_runtime, apexflow_definer to %I', current_user);
exception when others then
  raise notice 'membership in apexflow_runtime and apexflow_definer was not granted: %', sqlerrm;
end $$;
-- The function measure_engine reads pg_stat_activity. Without this grant it sees no transaction of other roles.
do $$
begin
  grant pg_read_all_stats to apexflow_definer;
exception when others then
  raise notice 'pg_read_all_stats was not granted, so measure_engine reports 0 for the longest transaction: %', sqlerrm;
end $$;

create extension if not exists vector;
create extension if not exists pg_trgm;
do $$
begin
  if exists (select from pg_available_extensions where name = 'alloydb_scann') then
    create extension if not exists alloydb_scann cascade;
  else
    raise notice 'alloydb_scann is not available: IVFFlat indexes instead of ScaNN';
  end if;
end $$;

grant usage on schema public to apexflow_runtime, apexflow_definer;
