-- Attributes a line of the audit log for a subject to its owner, who sent the request or started the work; the data
-- names the subject by its id. Trigger of audit_log.
create or replace function attribute_audit_line() returns trigger language plpgsql as $$
begin
  if is_subject(new.user_id) then
    new.data := new.data || jsonb_build_object('subject', new.user_id);
    new.user_id := accountable_user_id(new.user_id);
  end if;
  return new;
end $$;
