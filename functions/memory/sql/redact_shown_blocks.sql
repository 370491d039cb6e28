-- Redacts blocks of entity files in what runs recorded that answer in chats, where the trace of the answer names them:
-- all that p_user_id was shown, or those that the session p_source_id wrote. A source's blocks are redacted for an
-- admin in the whole tenant, for everybody else in their own chats. Returns how many rows contained one. For the
-- functions that erase only; call it before the blocks are deleted.
create or replace function redact_shown_blocks(p_user_id text, p_source_id text) returns integer
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(sum(redact_run(s.run_id, s.texts)), 0)::integer from (
    select a.run_id, array_agg(distinct q.quote) as texts from chat_memory_uses u
    join chat_messages a on a.tenant_id = u.tenant_id and a.id = u.message_id and a.run_id is not null
    join memory_blocks b on b.tenant_id = u.tenant_id and b.user_id = u.user_id and b.path = u.target_id
      and b.block = u.block and b.valid_from = u.since
    -- The whole block stands in a prompt, its sentences of at least 12 characters in an answer.
    cross join lateral (select b.text union select rtrim(btrim(t, ' -*'), '.!?,;: ')
      from regexp_split_to_table(b.text, '\n|(?<=[.!?])\s+') t) as q (quote)
    left join memory_commits c on c.tenant_id = b.tenant_id and c.user_id = b.user_id and c.id = b.commit_id
    where u.tenant_id = current_tenant_id() and u.kind = 'entity' and (length(q.quote) >= 12 or q.quote = b.text)
      and case when p_source_id is null then u.user_id = p_user_id else c.session_id = p_source_id and exists (
        select from users w where w.id = current_user_id() and w.tenant_id = u.tenant_id and w.disabled_at is null
          and is_in_reach(w.role = 'admin', u.user_id)) end
    group by a.run_id) s;
$$;

alter function redact_shown_blocks owner to apexflow_definer;
revoke all on function redact_shown_blocks from public;
