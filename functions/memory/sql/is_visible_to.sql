-- Returns whether a user sees a fact: trusted facts of a shared scope, and all facts of their own. A subject sees only
-- their own. Postgres inlines it into the steps of a search.
create or replace function is_visible_to(p_user_id text, p_trust text, p_scope text, p_author_id text)
returns boolean language sql immutable parallel safe
  return (p_trust = 'trusted' and p_scope <> 'user' and p_user_id not like 'subj\_%') or p_author_id = p_user_id;

revoke all on function is_visible_to from public;
grant execute on function is_visible_to to apexflow_definer, apexflow_runtime;
