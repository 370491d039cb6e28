-- Returns the lexemes of words of memory_words, for stored texts and questions alike:
--
-- - the English stem of each word in Latin script, whatever its language: a question in any language asks for it;
-- - its stem in each of these languages;
-- - the stem of a word in a script that Postgres has one stemmer for (Cyrillic, Arabic, Devanagari, Greek, Tamil), and
--   the word itself in any other script; a Hebrew word also without its first letter, which may be "in" or "the";
-- - the exact form of a word with marks, so that it ranks before words that only fold to the same.
--
-- Stemmers read accents, so they are folded in the result of a stemmer.
create or replace function word_lexemes(p_words text, p_languages text[]) returns tsvector
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
declare
  v_stemmers constant text[] := array[['russian', '\u0400-\u052f'], ['arabic', '\u0600-\u06ff'],
    ['hindi', '\u0900-\u097f'], ['greek', '\u0370-\u03ff'], ['tamil', '\u0b80-\u0bff']];
  v_folded constant text := memory_fold(p_words);
  v_is_ascii constant boolean := p_words !~ '[^\u0001-\u007f]';
  v_latin text := p_words;
  v_rest text;
  v_found tsvector;
  v_language text;
  v_stemmer text[];
begin
  if v_is_ascii then
    v_found := to_tsvector('pg_catalog.english', p_words);
  else
    v_latin := regexp_replace(p_words, '[^ a-z0-9\u00df-\u024f\u0300-\u036f\u1e00-\u1eff]+', ' ', 'g');
    v_found := to_tsvector('pg_catalog.english', regexp_replace(v_folded, '[^ a-z0-9]+', ' ', 'g'));
  end if;
  foreach v_language in array p_languages loop
    if v_language <> 'english' then
      v_found := v_found
        || ts_delete(memory_fold(to_tsvector(v_language::regconfig, v_latin)::text)::tsvector,
          tsvector_to_array(v_found));
    end if;
  end loop;
  if v_is_ascii then return v_found; end if;

  v_rest := regexp_replace(v_folded, '[a-z0-9]+', ' ', 'g');
  foreach v_stemmer slice 1 in array v_stemmers loop
    if v_rest ~ ('[' || v_stemmer[2] || ']') then
      v_found := v_found
        || to_tsvector(v_stemmer[1]::regconfig, regexp_replace(v_rest, '[^ ' || v_stemmer[2] || ']+', ' ', 'g'));
      v_rest := regexp_replace(v_rest, '[' || v_stemmer[2] || ']+', ' ', 'g');
    end if;
  end loop;
  if v_rest ~ '[א-ת]' then
    v_rest := v_rest || ' ' || regexp_replace(regexp_replace(v_rest, '(?:^| )[הובלמשכ]([א-ת]{3,})', ' ~\1', 'g'),
      '(?:^| )[^~ ][^ ]*', ' ', 'g');
  end if;
  v_found := v_found || to_tsvector('pg_catalog.simple', v_rest);
  return v_found
    || ts_delete(to_tsvector('pg_catalog.simple', regexp_replace(p_words, '(^| )[a-z0-9]+(?= |$)', ' ', 'g')),
      tsvector_to_array(v_found));
end $$;
