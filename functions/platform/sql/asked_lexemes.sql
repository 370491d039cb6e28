-- Returns the lexemes of the words of a question. p_terms has the number of the term for each word: forms of one word
-- ("go", "went") are one term and count together. A lexeme of two terms belongs to the first one.
create or replace function asked_lexemes(p_words text[], p_terms integer[]) returns table (lexeme text, term integer)
language sql immutable parallel safe rows 20 set search_path = pg_catalog, public, pg_temp as $$
  select l.lexeme, min(w.term) from unnest(p_words, p_terms) as w (word, term)
    cross join lateral unnest(memory_lexemes(w.word)) l group by l.lexeme;
$$;

revoke all on function asked_lexemes from public;
grant execute on function asked_lexemes to apexflow_definer;
