-- Returns the lexemes of a stored text: those of its words (word_lexemes) with the stems of its language, single Han
-- characters, and the beginnings of its words unless it is English. A beginning is 0 and the first four letters:
-- a question asks for it with less weight, because it tolerates inflection that no stemmer knows and finds compounds.
--
-- Generated columns and indexes store the result.
create or replace function memory_lexemes(p_text text) returns tsvector
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
declare
  v_languages constant text[] :=
    array['english', 'german', 'french', 'spanish', 'portuguese', 'italian', 'dutch', 'swedish'];
  v_words text := memory_words(p_text);
  v_language constant integer := language_of(string_to_array(v_words, ' '));
  v_found tsvector;
begin
  if v_language = 0 then
    v_found := word_lexemes(v_words, '{}');
  else
    if v_language is not null then
      select coalesce(string_agg(w.word, ' '), '') into v_words
      from (select stop_words() as places offset 0) s cross join unnest(string_to_array(v_words, ' ')) w (word)
      where position(v_language::text in coalesce(s.places ->> w.word, '')) = 0;
    end if;
    v_found := word_lexemes(v_words, case when v_language is null then '{}' else array[v_languages[v_language + 1]] end)
      || to_tsvector('pg_catalog.simple', regexp_replace(
        regexp_replace(memory_fold(v_words), '(?<![^ ])(?:[0-9][^ ]*|[^ ]{1,3}(?![^ ]))', '', 'g'),
        '(?<![^ ])([^ ]{4})[^ ]*', '0\1', 'g'));
  end if;
  if p_text !~ '[\u4e00-\u9fff]' then return v_found; end if;
  return v_found
    || ts_delete(to_tsvector('pg_catalog.simple', regexp_replace(regexp_replace(p_text, '[^\u4e00-\u9fff]+', ' ', 'g'),
      '[^ ]', '\& ', 'g')), tsvector_to_array(v_found));
end $$;
