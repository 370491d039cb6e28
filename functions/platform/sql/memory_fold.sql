-- Returns words in lower case without accents and with one form of letters that have variants, as foldWords of
-- functions/platform/language/fold.ts does. Vowel signs of Indic scripts stay: without them two words become one.
--
-- Generated columns and indexes store the result.
create or replace function memory_fold(p_words text) returns text
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
declare
  v_text text := p_words;
begin
  if v_text !~ '[^\u0001-\u007f]' then return v_text; end if;
  v_text := regexp_replace(normalize(v_text, NFD), '[\u0300\u0301\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7'
    '\u064b-\u065f\u0670\u06d6-\u06ed\u093c\u09bc\u0a3c\u0abc\u0b3c]', '', 'g');
  v_text := regexp_replace(v_text, '([a-z\u00df-\u024f\u0370-\u03ff])[\u0300-\u036f]+', '\1', 'g');
  v_text := translate(normalize(v_text, NFC), 'øłđðħıŧёґىیکةہەٱँ', E'olddhitегييكههها\u0902');
  return replace(replace(replace(replace(v_text, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
end $$;
