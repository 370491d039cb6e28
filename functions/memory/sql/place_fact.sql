-- Returns where a statement of the current user belongs: its chains, and the fact that already says it at that time
-- (null: a new fact). p_related are the facts that it refines, contradicts or repeats, p_repeated those that it repeats
-- in other words; facts with the same text in the scope always count, but for p_recased: the statement corrects their
-- letter case.
--
-- An existing fact takes the statement when nothing replaced it before p_valid_from, or when it is the next fact, which
-- then is true from p_valid_from on. A trusted fact takes an untrusted statement, but only while it is true. When a
-- source repeats its own last word (p_source_id, p_author), as a retry and a later report of the same run do, its fact
-- takes the statement even if another source has replaced it since: that is no news.
create or replace function place_fact(p_scope text, p_scope_id text, p_text text, p_trust text,
  p_corrects_others boolean, p_valid_from timestamptz, p_related text[], p_repeated text[],
  p_recased text[], p_source_id text, p_author text)
returns table (chains text[], memory_id text, is_next boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with related as materialized (
    select m.*, md5(lower(m.text)) = md5(lower(p_text)) and m.scope = p_scope and m.scope_id = p_scope_id
      and m.id <> all (p_recased) and (p_recased = '{}' or m.text = p_text) as is_same
    from memories m
    where m.tenant_id = current_tenant_id() and is_visible_to(current_user_id(), m.trust, m.scope, m.user_id)
      and (m.id = any (p_related)
        or (m.scope = p_scope and m.scope_id = p_scope_id and md5(lower(m.text)) = md5(lower(p_text))))
  ), joined as materialized (
    select coalesce(array_agg(distinct c), '{}') as chains from related r, unnest(r.chains) c
  ), member as materialized (
    select m.* from memories m, joined j where m.tenant_id = current_tenant_id() and m.chains && j.chains
  ), next as (
    select m.id from member m
    where m.valid_from > p_valid_from
      and may_replace(m.trust, m.user_id, m.corrects_others, m.text, p_trust, current_user_id(), p_text)
    order by m.valid_from, m.stated limit 1
  ), last_word as (
    select e.memory_id from member m join memory_evidence e on e.tenant_id = m.tenant_id and e.memory_id = m.id
    where e.source_id = p_source_id and e.author = p_author and e.valid_from <= p_valid_from
    order by e.valid_from desc, m.stated desc limit 1
  ), saying as (
    select r.id, r.valid_from > p_valid_from as is_next from related r
    where r.merged_into is null
      and case when r.is_same then r.trust = 'trusted' or r.user_id = current_user_id()
        else r.id = any (p_repeated) and (r.trust = 'trusted' or p_trust = 'untrusted') end
      and case when r.valid_from > p_valid_from then r.trust = p_trust and r.id = (select n.id from next n)
        else r.id in (select w.memory_id from last_word w where r.is_same)
          or not exists (select from member x where (x.valid_from, x.stated) > (r.valid_from, r.stated)
            and x.valid_from <= p_valid_from
            and may_replace(x.trust, x.user_id, x.corrects_others, x.text, r.trust, r.user_id, r.text)) end
    order by r.trust = 'trusted' desc, r.valid_from > p_valid_from, r.is_same desc, r.stated limit 1
  )
  select j.chains, s.id, coalesce(s.is_next, false) from joined j left join saying s on true;
$$;

alter function place_fact owner to apexflow_definer;
revoke all on function place_fact from public;
grant execute on function place_fact to apexflow_runtime;
