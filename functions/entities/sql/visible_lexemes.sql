-- Returns the keys of these lexemes in the indexes of facts: of the facts that the tenant shares and of the current
-- user's own; for a subject only of their own.
create or replace function visible_lexemes(p_lexemes text[]) returns text[]
language sql stable parallel safe
  return case when is_subject(current_user_id()) then '{}'
    else owned_lexemes(current_tenant_id(), '', p_lexemes) end
    || owned_lexemes(current_tenant_id(), current_user_id(), p_lexemes);
