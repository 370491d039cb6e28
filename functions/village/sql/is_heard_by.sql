-- Returns whether an agent hears a statement: all statements of the village, its own private ones, and the bridges of
-- which it is a side. p_acting is null for a user, who hears what row-level security shows. '' is an agent that has
-- said nothing yet.
create or replace function is_heard_by(p_acting text, p_realm text, p_agent_id text, p_sides text[])
returns boolean language sql immutable parallel safe
  return p_acting is null or case p_realm when 'village' then true when 'private' then p_agent_id = p_acting
    else p_acting = any (p_sides) end;

revoke all on function is_heard_by from public;
grant execute on function is_heard_by to apexflow_definer, apexflow_runtime;
