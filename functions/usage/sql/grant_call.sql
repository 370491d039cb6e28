-- Returns how much of a budget may be reserved for a call: the highest possible cost of the call when it fits, or what
-- is left, but at least p_least, when more will never fit. Null when the call may fit after other calls have ended:
-- then money is only set aside, not spent. -1 when the budget does not cover the call.
create or replace function grant_call(p_total numeric, p_spent numeric, p_set_aside numeric, p_amount numeric,
  p_least numeric) returns numeric language sql immutable
  return case
    when p_spent + p_set_aside + p_amount <= p_total then p_amount
    when p_spent + p_amount <= p_total then null
    when p_spent + p_set_aside + p_least <= p_total then p_total - p_spent - p_set_aside
    when p_spent + p_least <= p_total then null
    else -1 end;
