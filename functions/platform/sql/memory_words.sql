-- Returns the words of a text in lower case, separated by spaces: the words in their order, then the joined words as a
-- whole. wordsOf of functions/platform/language/words.ts does the same and explains the steps; both have the same
-- character classes.
--
-- Generated columns and indexes store the result.
create or replace function memory_words(p_text text) returns text
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
declare
  v_separators constant text :=
    '\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u02c2-\u02df\u037e\u0387'
    '\u055a-\u055f\u0589\u058a\u05be\u05c0\u05c3\u05c6\u060c\u061b\u061e\u061f\u066a-\u066d\u06d4\u0964'
    '\u0965\u0970\u0e2f\u0e46\u0e4f\u0e5a\u0e5b\u0eaf\u0ec6\u0f04-\u0f14\u104a-\u104f\u10fb\u1360-\u1368'
    '\u17d4-\u17da\u1800-\u180a\u2000-\u206f\u20a0-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030'
    '\u303d-\u303f\u30a0\u30fb\ud800-\uf8ff\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20'
    '\uff3b-\uff40\uff5b-\uff65\uffe0-\uffff\U0001f000-\U0001faff';
  v_base constant text :=
    '\u3005-\u3007\u3021-\u3029\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f'
    '\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff\u0e01-\u0e30'
    '\u0e32\u0e33\u0e40-\u0e45\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec4\u0edc-\u0edf\u1000-\u102a\u103f'
    '\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u1780-\u17b3\u17dc';
  v_marks constant text :=
    '\u3099\u309a\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e'
    '\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u17b4-\u17d3\u17dd';
  v_is_ascii constant boolean := p_text !~ '[^\u0001-\u007f]';
  -- A pattern is compiled again when 32 others were used meanwhile, which is slow for long classes.
  v_signs constant text := case when v_is_ascii then '\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f'
    else v_separators end;
  v_is_spaceless boolean := false;
  v_text text := replace(p_text, '`', '''');
  v_whole text;
begin
  if not v_is_ascii then
    v_text := normalize(translate(v_text, '‘’‛ʼʹʻʽ´′＇՚ꞌ', ''''''''''''''''''''''''''), NFKC);
    v_text := regexp_replace(replace(v_text, 'İ', 'i'), '[\u00ad\u0640\u05f3\u05f4\u200c-\u200f\u202a-\u202e'
      '\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]', '', 'g');
    v_text := translate(v_text, '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९',
      '012345678901234567890123456789');
    v_is_spaceless := v_text ~ ('[' || v_base || ']');
  end if;
  if position('''' in v_text) > 0 then
    v_text := regexp_replace(v_text, '(?<![A-Za-z])[A-Za-z]{1,8}n''t(?![A-Za-z0-9\u00c0-\u024f])'
      '|''(?:s|S|re|RE|ve|VE|ll|LL|d|D|m|M)(?![A-Za-z0-9\u00c0-\u024f])', ' ', 'g');
  end if;
  if v_is_spaceless then v_text := regexp_replace(v_text, '[' || v_base || v_marks || ']+', ' \& ', 'g'); end if;
  if v_text ~ '[''_-]|[a-z][A-Z]|[A-Z][A-Z][a-z]' then
    select string_agg(translate(m.found[1], '''_-', ''), ' ') into v_whole
    from regexp_matches(v_text, '((?:[^' || v_signs || ']|[''_-])+)', 'g') as m (found)
    where length(m.found[1]) <= 60
      and m.found[1] ~ ('[^' || v_signs || '][''_-]+[^' || v_signs || ']|[a-z][A-Z]|[A-Z][A-Z][a-z]');
    v_text := regexp_replace(v_text, '([a-z])([A-Z])', '\1 \2', 'g');
    v_text := regexp_replace(v_text, '([A-Z])([A-Z][a-z])', '\1 \2', 'g');
  end if;
  if v_is_spaceless then
    v_text := regexp_replace(v_text, '[' || v_base || '][' || v_marks || ']*', '\& \&', 'g');
  end if;
  v_text := btrim(regexp_replace(v_text, '[' || v_signs || ']+', ' ', 'g'));
  return replace(lower(btrim(v_text || coalesce(' ' || v_whole, ''))), 'ς', 'σ');
end $$;
