-- Returns the lexemes of a text, for stored texts and questions alike. Signs that join words (in paths, file names,
-- e-mail addresses, dates) become spaces first: Postgres would keep /api/v1/login as one lexeme, which the question
-- "where is login" does not match.
--
-- Generated columns and indexes store the result.
create or replace function memory_lexemes(p_text text) returns tsvector language sql immutable parallel safe
  return to_tsvector('pg_catalog.english'::regconfig, translate(p_text, '/\._-@:#', '        '));
