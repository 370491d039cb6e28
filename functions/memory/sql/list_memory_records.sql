-- Lists a page of the current user's rows of a memory table, as JSON without vectors and tokens, for an export. The
-- name of a subject stands for its id. Under row-level security; an unknown table has no rows.
create or replace function list_memory_records(p_table text, p_offset integer, p_limit integer) returns setof jsonb
language plpgsql stable security invoker as $$
declare
  v_name text := coalesce((select u.display_name from users u
    where u.id = current_user_id() and u.owner_id is not null), current_user_id());
begin
  if not exists (select from list_memory_tables() t where t = p_table) then
    return;
  end if;
  return query execute format('select replace((to_jsonb(t) - $1)::text, to_jsonb(current_user_id())::text, $2)::jsonb
    from %I t where t.tenant_id = current_tenant_id() and t.user_id = current_user_id()
    order by t.ctid offset $3 limit $4', p_table)
    using array['ciphertext', 'wrapped_key', 'key_name', 'content_tsv', 'size', 'is_sampled'], to_jsonb(v_name)::text,
      p_offset, p_limit;
end $$;
