-- Returns midnight of the current day in UTC, whatever the time zone of the session is.
create or replace function day_started_at() returns timestamptz language sql stable
  return date_trunc('day', now() at time zone 'UTC') at time zone 'UTC';
