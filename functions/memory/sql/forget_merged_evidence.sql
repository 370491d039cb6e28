-- Deletes the evidence that facts brought to the facts that they were merged into, and takes back the confidence that
-- it added. For the functions that delete facts and undo merges only.
create or replace function forget_merged_evidence(p_ids text[]) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with gone as (
    delete from memory_evidence e
    where e.tenant_id = current_tenant_id() and e.other_id = any (p_ids) and e.action = 'merged'
    returning e.memory_id, e.confidence_after - coalesce(e.confidence_before, e.confidence_after) as gain
  )
  update memories m set confidence = least(1, greatest(0, m.confidence - g.gain)), updated_at = now()
  from (select memory_id, sum(gain) as gain from gone group by memory_id) g where m.id = g.memory_id;
$$;

alter function forget_merged_evidence owner to apexflow_definer;
revoke all on function forget_merged_evidence from public;
