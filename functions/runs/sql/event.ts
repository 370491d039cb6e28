import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { storableJson } from '../../platform/storable.ts';
import type { LogLine, RunEvent } from '../events/event.ts';

/** Returns events as the SQL functions take them. Text that was cut inside a surrogate pair is repaired. */
export function eventsAsJson(events: readonly RunEvent[]): string {
  const json = JSON.stringify(events);
  // JSON.stringify escapes the characters that need repair; most events have none.
  return json.includes('\\u') ? JSON.stringify(storableJson(events)) : json;
}

/**
 * Appends events to a run in this order, numbered without gaps. The run's row stays locked until the transaction ends.
 */
export function appendEvents(runId: string, events: readonly RunEvent[]): Statement {
  return {
    name: 'append_run_events',
    text: 'select append_run_events($1, $2)',
    values: [runId, eventsAsJson(events)],
  };
}

/**
 * The columns of a line. Texts of more than 2,000 characters are cut, so that a page of 200 lines stays small:
 * `result`, `content` and the message of a turn are the texts that can be longer.
 */
const LINE = `e.seq, e.created_at as timestamp, e.type, e.level, e.source, left(e.message, 2000) as message,
  case when x.is_long then (select jsonb_object_agg(d.key,
      case when jsonb_typeof(d.value) = 'string' then to_jsonb(left(d.value #>> '{}', 2000)) else d.value end)
    from jsonb_each(e.data) d) else e.data end as data,
  length(e.message) > 2000 or coalesce(e.data -> 'truncated' = 'true', false) or x.is_long as truncated`;
const LINES = `from run_events e
  cross join lateral (select octet_length(e.data::text) > 2000 and exists (select from jsonb_each(e.data) d
    where jsonb_typeof(d.value) = 'string' and length(d.value #>> '{}') > 2000) as is_long) x`;

/** Lists events of a run after a number, oldest first. */
export async function listEventsAfter(
  queryable: Queryable,
  runId: string,
  page: { after: number; limit: number },
): Promise<LogLine[]> {
  return queryable.query<LogLine>({
    name: 'list_events_after',
    text: `select ${LINE} ${LINES} where e.run_id = $1 and e.seq > $2 order by e.seq limit $3`,
    values: [runId, page.after, page.limit],
  });
}

export interface LogFilter {
  level?: string | undefined;
  /** The least important level that is listed. */
  minLevel?: string | undefined;
  source?: string | undefined;
  node?: string | undefined;
  type?: string | undefined;
  /** A part of the message; case is ignored. */
  text?: string | undefined;
}

const LEVELS = `'{debug,info,warning,error}'::text[]`;
const MATCHES = `e.run_id = $1 and ($4::text is null or e.level = $4) and ($5::text is null or e.source = $5)
  and ($6::text is null or e.data ->> 'node' = $6) and ($7::text is null or e.type = $7)
  and ($8::text is null or strpos(lower(e.message), lower($8)) > 0)
  and ($9::text is null or array_position(${LEVELS}, e.level) >= array_position(${LEVELS}, $9))`;
const LIST_OLDEST = `select ${LINE} ${LINES} where ${MATCHES} and e.seq > $2 order by e.seq limit $3`;
const LIST_NEWEST = `select ${LINE} ${LINES} where ${MATCHES} and e.seq < $2 order by e.seq desc limit $3`;

/** Lists the events of a run that match, from a position on, in one of the two orders. */
export async function listMatchingEvents(
  queryable: Queryable,
  runId: string,
  page: LogFilter & { order: 'oldest' | 'newest'; from: number | undefined; limit: number },
): Promise<LogLine[]> {
  const isNewest = page.order === 'newest';
  return queryable.query<LogLine>({
    name: isNewest ? 'list_newest_events' : 'list_oldest_events',
    text: isNewest ? LIST_NEWEST : LIST_OLDEST,
    values: [
      runId,
      page.from ?? (isNewest ? Number.MAX_SAFE_INTEGER : 0),
      page.limit,
      page.level,
      page.source,
      page.node,
      page.type,
      page.text,
      page.minLevel,
    ],
  });
}

/** Returns the times of a run's first and last event, or undefined. */
export async function findEventSpan(
  queryable: Queryable,
  runId: string,
): Promise<{ from: string; to: string } | undefined> {
  const [row] = await queryable.query<{ from: string; to: string }>({
    name: 'find_event_span',
    text: `select f.created_at as "from", greatest(f.created_at, l.created_at) as "to" from sessions s
      join run_events f on f.tenant_id = s.tenant_id and f.run_id = s.id and f.seq = 1
      join run_events l on l.tenant_id = s.tenant_id and l.run_id = s.id and l.seq = s.event_seq
      where s.id = $1`,
    values: [runId],
  });
  return row;
}

/** Counts a run's events in equal parts of a span of time, numbered from 0. Parts without events are absent. */
export async function listActivity(
  queryable: Queryable,
  runId: string,
  span: { from: string; to: string },
  buckets: number,
): Promise<{ bucket: number; events: number; problems: number; first_seq: number }[]> {
  return queryable.query({
    name: 'list_activity',
    text: `select least($4::integer - 1, greatest(0, floor(extract(epoch from e.created_at - $2::timestamptz)
          / greatest(0.000001, extract(epoch from $3::timestamptz - $2::timestamptz)) * $4::integer)))::integer as bucket,
        count(*)::integer as events, count(*) filter (where e.level in ('warning', 'error'))::integer as problems,
        min(e.seq) as first_seq
      from run_events e where e.tenant_id = current_tenant_id() and e.run_id = $1 group by 1 order by 1`,
    values: [runId, span.from, span.to, buckets],
  });
}
