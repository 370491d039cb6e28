-- Whether no task is on its way to a waiting row of a table of claims (functions/platform/database/claim.ts): the queue
-- has lost it, or its worker died and the queue stopped retrying. A row that was claimed is left to the retries of the
-- queue for ten times as long. A postponed row has a task for later, in a day at most; it is tried ever less often, so
-- that a budget that is used up does not fill the queue: about 15 times in a day with a grace of a minute.
create or replace function is_forgotten(p_attempts integer, p_postponements integer, p_lease_until timestamptz,
  p_updated_at timestamptz, p_grace interval) returns boolean language sql stable parallel safe
  return coalesce(p_lease_until, p_updated_at)
    < now() - p_grace * case when p_attempts = 0 then 1 else 10 * (1 + p_postponements) end;

revoke all on function is_forgotten from public;
grant execute on function is_forgotten to apexflow_definer;
