-- Estimates for each term of a question how many facts have it, from the sample of facts. For search_memories only,
-- when there are many facts.
--
-- is_read: the terms whose facts are read. These are the rarest ones, as long as they have p_most facts together, and
-- always the rarest one: a fact that shares only very common words with the question is seldom the answer. is_filler:
-- the next term, whose facts fill up when the others have fewer than p_wanted.
create or replace function weigh_terms(p_lexemes text[], p_terms integer[], p_owned text[], p_as_of timestamptz,
  p_most integer, p_wanted integer)
returns table (term integer, facts float8, is_read boolean, is_filler boolean)
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  return query
  with sampled as materialized (
    select m.id, tsvector_to_array(m.content_tsv) as words
    from (select k.* from memories k
      where k.is_sampled and owned_lexemes(k.tenant_id,
        case when k.trust = 'trusted' and k.scope <> 'user' then '' else k.user_id end,
        tsvector_to_array(k.content_tsv)) && p_owned
      offset 0) m
    where m.tenant_id = current_tenant_id() and is_visible_to(current_user_id(), m.trust, m.scope, m.user_id)
      and is_true_at(p_as_of, m.valid_from, m.valid_to)
  ), counted as (
    select l.term, 64.0 * count(distinct s.id) as facts
    from unnest(p_lexemes, p_terms) as l (lexeme, term) left join sampled s on l.lexeme = any (s.words) group by l.term
  ), placed as (
    select c.term, c.facts, row_number() over rarest as place, sum(c.facts) over rarest as so_far
      from counted c window rarest as (order by c.facts, c.term)
  )
  select p.term, p.facts::float8, p.so_far <= p_most or p.place = 1, p.so_far > p_most and p.place > 1
    and p.so_far - p.facts < p_wanted
  from placed p;
end $$;

revoke all on function weigh_terms from public;
grant execute on function weigh_terms to apexflow_definer;
