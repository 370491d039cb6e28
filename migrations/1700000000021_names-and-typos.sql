-- Up Migration

-- Names in a text, its first 200: words with a capital, of four letters at least, that do not stand in it without one; lower-cased.
create function names_in(p_text text) returns text[] language sql immutable parallel safe
  return (select array_agg(n.name) from (select lower(m.found[1]) as name
    from regexp_matches(p_text, '\m([[:upper:]][[:alpha:]]{3,19})\M', 'g') with ordinality as m (found, place)
    where lower(m.found[1]) not in (select l.found[1] from regexp_matches(p_text, '\m([[:lower:]]{4,20})\M', 'g') as l (found))
    group by 1 order by min(m.place) limit 200) n);
create function names_of_turn(p_speaker text, p_text text) returns text[] language sql immutable parallel safe
  return string_to_array(lower(p_speaker), ' ') || names_in(p_text);
-- A file is named for whom or what it is about.
create function names_of_block(p_path text, p_text text) returns text[] language sql immutable parallel safe
  return regexp_split_to_array(lower(regexp_replace(p_path, '^.*/|\.md$', '', 'g')), '[_ -]+') || names_in(p_text);

-- What a name and its misspellings have in common: the name, and the name without each one of its letters. Two words share one of them when one letter is
-- wrong, too many, missing, or in the place of its neighbour (symmetric deletion).
create function spelling_keys(p_names text[]) returns text[] language sql immutable parallel safe
  return (select array_agg(distinct k.key) from unnest(p_names) n cross join lateral (
    select n as key union all select left(n, i - 1) || substr(n, i + 1) from generate_series(1, length(n)) i) k where length(n) between 4 and 20);

-- Marked with whose they are, as the lexemes of `owned_lexemes`, so that nobody's names make anybody's search slower, and no list of words has to be kept
-- that an erasure would have to clean.
create index memories_spellings on memories using gin (
  owned_lexemes(tenant_id, case when trust = 'trusted' and scope <> 'user' then '' else user_id end, spelling_keys(names_in(text)))) with (fastupdate = off);
create index memory_turns_spellings on memory_turns using gin (
  owned_lexemes(tenant_id, user_id, spelling_keys(names_of_turn(speaker, text)))) with (fastupdate = off);
create index memory_blocks_spellings on memory_blocks using gin (
  owned_lexemes(tenant_id, user_id, spelling_keys(names_of_block(path, text)))) with (fastupdate = off);

-- For words of a question that nothing in sight has: names in sight that differ by a letter, two for each at most, the most alike and then the most frequent
-- first. The tenant and the person are the transaction's own. Why a definer function: `&&` is not leakproof.
create function find_spellings(p_words text[])
returns table (word text, name text)
language plpgsql stable rows 5 security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_tenant text := current_tenant_id();
  v_user text := current_user_id();
  v_unknown text[]; v_shared text[]; v_own text[];
begin
  v_unknown := array(
    select w.word from unnest(p_words) as w (word) cross join lateral (select tsvector_to_array(memory_lexemes(w.word)) as lexemes) l
    where cardinality(l.lexemes) > 0
      and not exists (select from memories m
        where owned_lexemes(m.tenant_id, case when m.trust = 'trusted' and m.scope <> 'user' then '' else m.user_id end, tsvector_to_array(m.content_tsv))
          && (owned_lexemes(v_tenant, '', l.lexemes) || owned_lexemes(v_tenant, v_user, l.lexemes)))
      and not exists (select from memory_turns t
        where owned_lexemes(t.tenant_id, t.user_id, tsvector_to_array(t.content_tsv)) && owned_lexemes(v_tenant, v_user, l.lexemes)));
  if cardinality(v_unknown) = 0 then return; end if;
  v_own := owned_lexemes(v_tenant, v_user, spelling_keys(v_unknown));
  v_shared := owned_lexemes(v_tenant, '', spelling_keys(v_unknown));
  return query
  with names as materialized (
    (select unnest(names_in(m.text)) as name from memories m
      where owned_lexemes(m.tenant_id, case when m.trust = 'trusted' and m.scope <> 'user' then '' else m.user_id end, spelling_keys(names_in(m.text))) && (v_shared || v_own)
      limit 500)
    union all
    (select unnest(names_of_turn(t.speaker, t.text)) from memory_turns t
      where owned_lexemes(t.tenant_id, t.user_id, spelling_keys(names_of_turn(t.speaker, t.text))) && v_own
      limit 500)
    union all
    (select unnest(names_of_block(b.path, b.text)) from memory_blocks b
      where owned_lexemes(b.tenant_id, b.user_id, spelling_keys(names_of_block(b.path, b.text))) && v_own
      limit 500)
  ), alike as (
    select u.word, n.name, row_number() over (partition by u.word order by similarity(u.word, n.name) desc, n.times desc, n.name) as place
    from unnest(v_unknown) as u (word) join (select n.name, count(*) as times from names n group by n.name) n
      on length(memory_lexemes(n.name)) > 0 and spelling_keys(array[u.word]) && spelling_keys(array[n.name])
  )
  select a.word, a.name from alike a where a.place <= 2 and not exists (select from names n where n.name = a.word) order by a.word, a.place;
end $$;

grant create on schema public to apexflow_definer;
alter function find_spellings(text[]) owner to apexflow_definer;
revoke create on schema public from apexflow_definer;
revoke all on function names_in(text), names_of_turn(text, text), names_of_block(text, text), spelling_keys(text[]), find_spellings(text[]) from public;
-- Rows are written by the runtime, and an index's expression runs with its rights.
grant execute on function names_in(text), names_of_turn(text, text), names_of_block(text, text), spelling_keys(text[]) to apexflow_definer, apexflow_runtime;
grant execute on function find_spellings(text[]) to apexflow_runtime;
