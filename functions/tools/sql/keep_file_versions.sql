-- Records each change of a run's files as a version, with the call that made it, in the transaction of the change.
-- Trigger of run_files, once for each statement. `app.file_change` is `<turn>:<node>` while a tool's effects are
-- written (functions/tools/workspace.ts). Generated folders and the files of git have no versions.
--
-- Beside the newest version of each path it keeps the contents of the newest 2,000 former versions and 256 MiB of a
-- run, at most 49 of one path. The content of an older version is given to the sweep of blobs; its row stays.
create or replace function keep_file_versions() returns trigger
language plpgsql security invoker as $$
declare
  v_call text := nullif(current_setting('app.file_change', true), '');
  v_runs text[];
begin
  -- Files of a deleted run are deleted with it: its row is already gone.
  select array_agg(distinct c.run_id) into v_runs from changed_files c join sessions s on s.id = c.run_id
  where c.mode <> 'folder' and c.path !~ '(^|/)\.git/';
  if v_runs is null then
    return null;
  end if;
  update run_file_versions v set former = true from changed_files c
  where v.tenant_id = c.tenant_id and v.run_id = c.run_id and v.path = c.path and not v.former;
  insert into run_file_versions (tenant_id, run_id, path, number, sha256, size, mode, updated_by, turn, node)
  select c.tenant_id, c.run_id, c.path,
    coalesce((select max(v.number) from run_file_versions v
      where v.tenant_id = c.tenant_id and v.run_id = c.run_id and v.path = c.path), 0) + 1,
    case when tg_op <> 'DELETE' then c.sha256 end, case when tg_op = 'DELETE' then 0 else c.size end, c.mode,
    case when tg_op <> 'DELETE' then c.updated_by end, split_part(v_call, ':', 1)::integer, split_part(v_call, ':', 2)
  from changed_files c where c.run_id = any (v_runs) and c.mode <> 'folder' and c.path !~ '(^|/)\.git/';
  -- Materialized, so that no plan reads the versions of the run once for each version.
  with dropped as materialized (
    select * from (select k.tenant_id, k.run_id, k.path, k.number, row_number() over own as place,
        row_number() over of_run as place_of_run, sum(k.size) over of_run as bytes
      from run_file_versions k where k.run_id = any (v_runs) and k.kept and k.former
      window own as (partition by k.run_id, k.path order by k.number desc),
        of_run as (partition by k.run_id order by k.id desc)) k
    where k.place > 49 or k.place_of_run > 2000 or k.bytes > 268435456)
  update run_file_versions v set kept = false from dropped d
  where v.tenant_id = d.tenant_id and v.run_id = d.run_id and v.path = d.path and v.number = d.number;
  return null;
end $$;

revoke all on function keep_file_versions from public;
