-- Returns the place in LANGUAGES of functions/platform/language/stop-words.ts of the language in Latin script that has
-- the most of its frequent words among the first words of a text, null when no language has any. p_words are words of
-- memory_words. languageOf in that file does the same for questions.
create or replace function language_of(p_words text[]) returns integer
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
declare
  v_stop_words constant jsonb := stop_words();
  v_places text; v_count integer; v_best integer; v_most integer := 0;
begin
  select string_agg(v_stop_words ->> w, '') into v_places from unnest(p_words[1:200]) w;
  for v_place in 0..7 loop
    v_count := length(v_places) - length(replace(v_places, v_place::text, ''));
    if v_count > v_most then v_best := v_place; v_most := v_count; end if;
  end loop;
  return v_best;
end $$;
