-- Returns similar names for words of a question that nothing in the user's memory has. Returns at most two names for
-- each word, the most similar first and then the most frequent; a similar name differs by one letter. The tenant and
-- the user come from the transaction and are never a parameter. SECURITY DEFINER, because the operator && is not
-- leakproof.
create or replace function find_spellings(p_words text[])
returns table (word text, name text)
language plpgsql stable rows 5 security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_tenant text := current_tenant_id();
  v_user text := current_user_id();
  v_unknown text[]; v_visible text[]; v_own text[];
begin
  v_unknown := array(
    select w.word from unnest(p_words) as w (word)
      cross join lateral (select tsvector_to_array(word_lexemes(w.word, '{}')) as lexemes) l
    where cardinality(l.lexemes) > 0
      and not exists (select from memories m
        where owned_lexemes(m.tenant_id, case when m.trust = 'trusted' and m.scope <> 'user' then '' else m.user_id end,
          tsvector_to_array(m.content_tsv))
          && visible_lexemes(l.lexemes))
      and not exists (select from memory_turns t
        where owned_lexemes(t.tenant_id, t.user_id, tsvector_to_array(t.content_tsv))
          && owned_lexemes(v_tenant, v_user, l.lexemes)));
  if cardinality(v_unknown) = 0 then return; end if;
  v_own := owned_lexemes(v_tenant, v_user, spelling_keys(v_unknown));
  v_visible := visible_lexemes(spelling_keys(v_unknown));
  return query
  with names as materialized (
    (select unnest(names_in(m.text)) as name from memories m
      where owned_lexemes(m.tenant_id, case when m.trust = 'trusted' and m.scope <> 'user' then '' else m.user_id end,
        spelling_keys(names_in(m.text))) && v_visible
      limit 500)
    union all
    (select unnest(names_of_turn(t.speaker, t.text)) from memory_turns t
      where owned_lexemes(t.tenant_id, t.user_id, spelling_keys(names_of_turn(t.speaker, t.text))) && v_own
      limit 500)
    union all
    (select unnest(names_of_block(b.path, b.names || ' ' || b.text)) from memory_blocks b
      where owned_lexemes(b.tenant_id, b.user_id, spelling_keys(names_of_block(b.path, b.names || ' ' || b.text)))
        && v_own
      limit 500)
  ), alike as (
    select u.word, n.name, row_number() over (partition by u.word
      order by similarity(u.word, n.name) desc, n.times desc, n.name) as place
    from unnest(v_unknown) as u (word) join (select n.name, count(*) as times from names n group by n.name) n
      on length(word_lexemes(n.name, '{}')) > 0 and spelling_keys(array[u.word]) && spelling_keys(array[n.name])
  )
  select a.word, a.name from alike a where a.place <= 2 and not exists (select from names n where n.name = a.word)
    order by a.word, a.place;
end $$;

alter function find_spellings owner to apexflow_definer;
revoke all on function find_spellings from public;
grant execute on function find_spellings to apexflow_runtime;
