-- Returns the version of the lexemes that are stored now: the version of memory_lexemes, and the major version of
-- PostgreSQL, whose stemmers change. Rows with another version are found less well until rebuild-index stores their
-- lexemes again.
create or replace function tokenizer_version() returns text language sql stable parallel safe
  return '2/' || current_setting('server_version_num')::integer / 10000;
