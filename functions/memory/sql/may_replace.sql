-- Returns whether a newer fact of a chain replaces an older one. An untrusted fact never replaces a trusted one.
-- Another user's fact is replaced only by an admin's fact or by the same text.
create or replace function may_replace(p_trust text, p_user_id text, p_corrects_others boolean, p_text text,
  p_older_trust text, p_older_user_id text, p_older_text text)
returns boolean language sql immutable parallel safe
  return (p_trust = 'trusted' or p_older_trust = 'untrusted')
    and (p_corrects_others or p_user_id = p_older_user_id or lower(p_text) = lower(p_older_text));

revoke all on function may_replace from public;
grant execute on function may_replace to apexflow_definer;
