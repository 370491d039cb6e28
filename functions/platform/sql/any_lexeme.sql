-- Returns a text search query that matches any of these lexemes, or null for none. Each lexeme is quoted, so that no
-- character in it is an operator.
create or replace function any_lexeme(p_lexemes text[]) returns tsquery
language sql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
  select string_agg('''' || replace(replace(l, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery
    from unnest(p_lexemes) l;
$$;

revoke all on function any_lexeme from public;
grant execute on function any_lexeme to apexflow_definer;
