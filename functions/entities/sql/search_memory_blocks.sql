-- Returns the current user's blocks of entity files that match the words of a question, best first. p_as_of selects
-- the blocks of that time; null selects the current blocks.
--
-- The score is BM25 as in search_memories; coverage is the share of the question's own words, weighted by rarity, that
-- the block has. It is in plpgsql, so that its plans are kept for the connection.
create or replace function search_memory_blocks(p_words text[], p_terms integer[], p_weights float8[],
  p_languages text[], p_as_of timestamptz, p_limit integer, p_k1 float8, p_b float8)
returns table (path text, block text, valid_from timestamptz, score float8, bm25 float8, coverage float8)
language plpgsql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off as $$
#variable_conflict use_column
begin
  return query
  with lexemes as materialized (
    select a.lexeme, a.term, p_weights[a.term + 1] as weight from asked_lexemes(p_words, p_terms, p_languages) a
  ), asked as materialized (
    select array_agg(l.lexeme) as lexemes, any_lexeme(array_agg(l.lexeme)) as any_of_them from lexemes l
  ), standing as materialized (
    select b.path, b.block, b.valid_from, greatest(length(b.content_tsv), 1) as size,
      case when b.content_tsv @@ a.any_of_them
        then ts_filter(setweight(b.content_tsv, 'A', a.lexemes), '{a}') end as matched
    from memory_blocks b cross join asked a
    where b.tenant_id = current_tenant_id() and b.user_id = current_user_id()
      and case when p_as_of is null then b.valid_to is null else b.valid_from <= p_as_of
        and (b.valid_to is null or b.valid_to > p_as_of) end
  ), whole as materialized (
    select count(*)::float8 as blocks, greatest(avg(s.size), 1)::float8 as mean_size from standing s
  ), occurrences as materialized (
    select s.path, s.block, s.valid_from, s.size, l.term, l.weight, sum(cardinality(t.positions))::float8 as times
    from standing s cross join lateral unnest(s.matched) t join lexemes l using (lexeme)
    where s.matched is not null group by s.path, s.block, s.valid_from, s.size, l.term, l.weight
  ), rarity as materialized (
    select o.term, o.weight * rarity_of(count(*), w.blocks) as worth
    from occurrences o cross join whole w group by o.term, o.weight, w.blocks
  ), asked_for as materialized (
    select sum(case when r.term is null then w.weight * ln(1 + (n.blocks + 0.5) / 1.5) else r.worth end) as worth
    from (select distinct l.term, l.weight from lexemes l where l.weight = 1) w left join rarity r using (term)
      cross join whole n
  ), by_words as materialized (
    select o.path, o.block, o.valid_from, sum(bm25_of(r.worth, o.times, o.size, w.mean_size, p_k1, p_b)) as bm25,
      least(sum(r.worth) / nullif(max(a.worth), 0), 1) as coverage
    from occurrences o join rarity r using (term) cross join whole w cross join asked_for a
      group by o.path, o.block, o.valid_from
  )
  select b.path, b.block, b.valid_from, (b.bm25 / max(b.bm25) over ())::float8, b.bm25::float8, b.coverage::float8
  from by_words b where b.bm25 > 0
  order by b.bm25 desc, b.valid_from desc, b.path, b.block
  limit least(greatest(p_limit, 1), 500);
end $$;

alter function search_memory_blocks owner to apexflow_definer;
revoke all on function search_memory_blocks from public;
grant execute on function search_memory_blocks to apexflow_runtime;
