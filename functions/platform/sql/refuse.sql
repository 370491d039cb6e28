-- Raises an error with an SQLSTATE of this system (AF…), which functions/platform/errors.ts turns into an HTTP answer.
-- The hint is the sentence for the caller.
create or replace function refuse(p_code text, p_message text, p_hint text default '')
returns void language plpgsql as $$
begin
  raise exception using errcode = p_code, message = p_message, hint = p_hint;
end $$;
