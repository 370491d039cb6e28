-- Returns the first 200 names in a text, in lower case. A name is a capitalised word of 4 to 20 letters that the text
-- does not also write in lower case.
--
-- Indexes store the result.
create or replace function names_in(p_text text) returns text[] language sql immutable parallel safe
  return (select array_agg(n.name) from (select lower(m.found[1]) as name
    from regexp_matches(p_text, '\m([[:upper:]][[:alpha:]]{3,19})\M', 'g') with ordinality as m (found, place)
    where lower(m.found[1]) not in (select l.found[1]
      from regexp_matches(p_text, '\m([[:lower:]]{4,20})\M', 'g') as l (found))
    group by 1 order by min(m.place) limit 200) n);

revoke all on function names_in from public;
grant execute on function names_in to apexflow_definer, apexflow_runtime;
