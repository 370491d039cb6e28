-- Returns whether an id is one of a subject: somebody whose memory a user keeps under a name (enter_subject).
create or replace function is_subject(p_user_id text) returns boolean language sql immutable parallel safe
  return p_user_id like 'subj\_%';
