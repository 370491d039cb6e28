-- Agents and councils are runs, too: visible to the tenant like runs, without a slot like answers of the chat.
alter table sessions drop constraint sessions_kind_check;
alter table sessions add constraint sessions_kind_check
  check (kind in ('sprint', 'run', 'chat', 'call', 'agent', 'council'));

drop policy own_rows on sessions;
create policy own_rows on sessions as restrictive to apexflow_runtime
  using (kind not in ('chat', 'call') or current_user_id() is null or user_id = current_user_id());

-- A paused run starts no node. What is under way goes on.
alter table sessions add column paused_at timestamptz;
