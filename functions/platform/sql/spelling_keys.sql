-- Returns what a name and its misspellings have in common: the name itself, and the name without each one of its
-- letters. Two names share a key when one letter is wrong, missing, added, or swapped with its neighbour (the
-- symmetric delete algorithm of SymSpell). Only for names of 4 to 20 letters.
--
-- Indexes store the result.
create or replace function spelling_keys(p_names text[]) returns text[] language sql immutable parallel safe
  return (select array_agg(distinct k.key) from unnest(p_names) n cross join lateral (
    select n as key union all select left(n, i - 1) || substr(n, i + 1) from generate_series(1, length(n)) i) k
      where length(n) between 4 and 20);

revoke all on function spelling_keys from public;
grant execute on function spelling_keys to apexflow_definer, apexflow_runtime;
