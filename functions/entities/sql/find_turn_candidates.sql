-- Returns the sessions of the current user that could answer a question, with all their turns and the statistics to
-- rank them. functions/entities/search does the ranking. The tenant and the user come from the transaction and are
-- never a parameter. Turns after p_as_of are left out and do not count.
--
-- A session is selected by its words, weighted by their rarity among the user's own turns, and by its date: p_months,
-- p_years and p_days are the parts of dates that the question names; or because a person speaks in it whom it names.
--
-- Returns one JSON value: {"turns", "size", "sessions", "speakers", "terms": [[term, [lexeme, …], turns with it,
-- sessions with it], …], "found": [[session, began, [[position, speaker, size, is a question, beginning of the text,
-- matched lexemes], …]], …]}, the oldest session first.
--
-- SECURITY DEFINER, because the operators @@ and && are not leakproof: under row-level security Postgres would not use
-- their indexes. The plan is kept for the connection: planning took longer than most searches.
create or replace function find_turn_candidates(p_words text[], p_terms integer[], p_languages text[],
  p_months integer[], p_years integer[], p_days integer[], p_as_of timestamptz, p_sessions integer, p_turns integer)
returns json language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return (
  with lexemes as materialized (
    select a.lexeme, a.term from asked_lexemes(p_words, p_terms, p_languages) a
  ), asked as materialized (
    select coalesce(array_agg(l.lexeme), '{}') as lexemes, any_lexeme(array_agg(l.lexeme)) as any_of_them,
      owned_lexemes(current_tenant_id(), current_user_id(), array_agg(l.lexeme)) as owned from lexemes l
  ), sessions as materialized (
    select t.session_id, min(t.said_at) as began,
      min(t.said_at + make_interval(mins => t.utc_offset)) as began_there, count(*) as turns, sum(t.size) as size,
      array_agg(distinct t.speaker) as speakers
    from memory_turns t
    where t.tenant_id = current_tenant_id() and t.user_id = current_user_id() and t.said_at <= p_as_of
    group by t.session_id
  ), whole as materialized (
    select coalesce(sum(s.turns), 0)::float8 as turns, coalesce(sum(s.size), 0)::float8 as size,
      count(*)::float8 as sessions from sessions s
  ), matched as materialized (
    -- Up to 5,000 turns are read faster than their index. Of more turns, the index finds those with a word.
    select t.session_id, t.position, tsvector_to_array(t.content_tsv) as words
    from asked a cross join memory_turns t
    where (select w.turns <= 5000 from whole w) and t.content_tsv @@ a.any_of_them
      and t.tenant_id = current_tenant_id() and t.user_id = current_user_id() and t.said_at <= p_as_of
    union all
    select t.session_id, t.position, tsvector_to_array(t.content_tsv)
    from asked a join memory_turns t on owned_lexemes(t.tenant_id, t.user_id, tsvector_to_array(t.content_tsv))
      && a.owned
    where (select w.turns > 5000 from whole w)
      and t.tenant_id = current_tenant_id() and t.user_id = current_user_id() and t.said_at <= p_as_of
  ), occurrences as materialized (
    select distinct m.session_id, m.position, l.term from matched m join lexemes l on l.lexeme = any (m.words)
  ), terms as materialized (
    select o.term, count(*) as turns, count(distinct o.session_id) as sessions, rarity_of(count(*), w.turns) as rarity
    from occurrences o cross join whole w group by o.term, w.turns
  ), by_words as materialized (
    select b.session_id, sum(b.of_term) + max(b.best) as score
    from (select o.session_id, t.rarity as of_term, 0::float8 as best
      from (select distinct session_id, term from occurrences) o join terms t using (term)
      union all
      select o.session_id, 0, sum(t.rarity) from occurrences o join terms t using (term)
        group by o.session_id, o.position) b
    group by b.session_id
  ), named as materialized (
    -- A session in which a named person speaks comes after all that match.
    select array_agg(u.speaker) as speakers from (select distinct unnest(s.speakers) as speaker from sessions s) u
      cross join asked a where tsvector_to_array(word_lexemes(memory_words(u.speaker), '{}')) && a.lexemes
  ), chosen as materialized (
    select s.session_id, s.began
    from (select s.*, sum(s.turns) over (order by s.score desc, s.began desc,
      s.session_id rows unbounded preceding) as turns_so_far
      from (select s.session_id, s.began, s.turns, coalesce(b.score, 0)
          + 3 * ((extract(month from s.began_there) = any (p_months))::integer
            + (extract(year from s.began_there) = any (p_years))::integer
            + (extract(day from s.began_there) = any (p_days))::integer)
          + case when s.speakers && n.speakers then 0.01 else 0 end as score
        from sessions s left join by_words b using (session_id) cross join named n) s
      where s.score > 0
      order by s.score desc, s.began desc, s.session_id limit p_sessions) s
    -- The best session is returned whole, however long it is.
    where s.turns_so_far - s.turns < p_turns
  )
  select json_build_object('turns', w.turns, 'size', w.size, 'sessions', w.sessions,
    'speakers', coalesce((select json_agg(distinct u.speaker) from sessions s
      cross join lateral unnest(s.speakers) u (speaker)), '[]'),
    'terms', coalesce((select json_agg(json_build_array(t.term,
        (select json_agg(l.lexeme) from lexemes l where l.term = t.term), t.turns, t.sessions) order by t.term)
          from terms t), '[]'),
    'found', coalesce((select json_agg(json_build_array(f.session_id, f.began, f.turns) order by f.began, f.session_id)
      from (
        select c.session_id, c.began, json_agg(json_build_array(t.position, t.speaker, t.size,
          right(rtrim(t.text), 1) in ('?', '？', '؟'),
          left(t.text || coalesce(' ' || t.caption, ''), 800),
          -- Keeps only the asked words: unnesting a long turn is expensive.
          case when t.content_tsv @@ a.any_of_them then ts_filter(setweight(t.content_tsv, 'A', a.lexemes), '{a}')::text
            else '' end) order by t.position) as turns
        from asked a cross join chosen c
        join memory_turns t on t.tenant_id = current_tenant_id() and t.user_id = current_user_id()
          and t.session_id = c.session_id and t.said_at <= p_as_of
        group by c.session_id, c.began) f), '[]'))
  from whole w);
end $$;

alter function find_turn_candidates owner to apexflow_definer;
revoke all on function find_turn_candidates from public;
grant execute on function find_turn_candidates to apexflow_runtime;
