-- Tells requests that wait for a row (`?wait=`) that its work has ended. Trigger of tables with an id.
create or replace function notify_work_ended() returns trigger language plpgsql as $$
begin
  perform pg_notify('work_ended', new.id);
  return null;
end $$;
