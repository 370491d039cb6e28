-- Returns the lexemes of the words of a question. p_terms has the number of the term for each word: forms of one word
-- ("go", "went") are one term and count together. A lexeme of two terms belongs to the first one.
--
-- p_languages are the languages that the question may be in. A stop word of the first one, or of Russian, has no
-- lexemes.
create or replace function asked_lexemes(p_words text[], p_terms integer[], p_languages text[])
returns table (lexeme text, term integer)
language sql immutable parallel safe rows 20 set search_path = pg_catalog, public, pg_temp as $$
  select l.lexeme, min(w.term) from unnest(p_words, p_terms) as w (word, term)
    cross join lateral unnest(word_lexemes(w.word, p_languages)) l
    where length(to_tsvector(case when w.word ~ '[\u0400-\u052f]' then 'russian' else p_languages[1] end::regconfig,
      w.word)) > 0
    group by l.lexeme;
$$;

revoke all on function asked_lexemes from public;
grant execute on function asked_lexemes to apexflow_definer;
