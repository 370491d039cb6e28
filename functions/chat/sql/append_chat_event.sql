-- Appends an event to a conversation and notifies listeners. Returns its number, or null for an unknown conversation.
-- The numbers have no gaps and follow the order of the commits, because the update locks the conversation.
create or replace function append_chat_event(p_session_id text, p_type text, p_data jsonb) returns bigint
language plpgsql security invoker as $$
declare
  owner text;
  last bigint;
begin
  update chat_sessions set event_seq = event_seq + 1 where id = p_session_id
  returning event_seq, tenant_id into last, owner;
  if not found then
    return null;
  end if;
  insert into chat_events (tenant_id, session_id, seq, type, data) values (owner, p_session_id, last, p_type, p_data);
  perform pg_notify('chat_events', p_session_id);
  return last;
end $$;
