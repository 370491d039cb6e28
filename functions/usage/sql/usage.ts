import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Usage } from '../../platform/models/model.ts';

/** A line of the ledger. */
export interface UsageLine {
  tenantId: string;
  userId: string;
  runId?: string | undefined;
  nodeId?: string | undefined;
  kind: 'turn' | 'attempt' | 'embedding' | 'extraction' | 'search';
  /** What was paid for; unique per tenant and kind, so that a repeated delivery books once. */
  reference: string;
  provider: string;
  model: string;
  usage: Usage;
  /** US dollars as exact decimal text. */
  cost: string;
  /** The reservation that this call had; it is returned. */
  reservation?: string | undefined;
  /** The call became a turn of its node: the number of the next. */
  nextTurn?: number | undefined;
}

/**
 * Books a call once, in the ledger, on its node and on its run, whatever their state: the same (tenant, kind, reference) again changes nothing. Answers
 * `{booked}`, true when this statement booked it. It takes the run's lock.
 */
export function insertUsage(line: UsageLine): Statement {
  return {
    name: 'book_call',
    text: 'select book_call($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as booked',
    values: [
      line.userId,
      line.runId,
      line.nodeId,
      line.kind,
      line.reference,
      line.provider,
      line.model,
      line.usage.input_tokens,
      line.usage.output_tokens,
      line.usage.cached_tokens,
      line.cost,
      line.reservation,
      line.nextTurn,
    ],
  };
}

export type Reserved = 'reserved' | 'unlimited' | 'run' | 'day';

/**
 * Reserves the most that a call can cost. Answers `{reserved}`: `run` or `day` names the budget that does not cover it; `unlimited` where there is none,
 * and nothing was written. It takes the run's lock.
 */
export function insertReservation(call: {
  runId: string | undefined;
  reference: string;
  amount: string;
  seconds: number;
}): Statement {
  return {
    name: 'reserve_call',
    text: 'select reserve_call($1, $2, $3, $4) as reserved',
    values: [call.runId, call.reference, call.amount, call.seconds],
  };
}

/** Returns a reservation; twice, or none, is no fault. It takes the run's lock. */
export function releaseReservation(reference: string): Statement {
  return { name: 'release_reservation', text: 'select release_reservation($1)', values: [reference] };
}

export interface ExpiredReservation {
  tenant_id: string;
  reference: string;
  run_id: string | null;
}

/** Reservations of all tenants that nobody settled in time, oldest first; the definer function `list_expired_reservations`. */
export async function listExpiredReservations(system: Queryable, limit: number): Promise<ExpiredReservation[]> {
  return system.query<ExpiredReservation>({
    name: 'list_expired_reservations',
    text: 'select tenant_id, reference, run_id from list_expired_reservations($1)',
    values: [limit],
  });
}

/** Writes an expired reservation off. False when it was settled or written off meanwhile. */
export async function updateReservationWrittenOff(queryable: Queryable, reference: string): Promise<boolean> {
  const [row] = await queryable.query<{ lost: boolean }>({
    name: 'write_off_reservation',
    text: 'select write_off_reservation($1) as lost',
    values: [reference],
  });
  return row?.lost ?? false;
}

/** Removes what was written off on an earlier day, of all tenants. Answers how many. */
export async function deleteWrittenOffReservations(system: Queryable): Promise<number> {
  const [row] = await system.query<{ gone: number }>({
    name: 'delete_written_off_reservations',
    text: 'select delete_written_off_reservations() as gone',
  });
  return row?.gone ?? 0;
}

export interface UsageDayRow {
  day: string;
  kind: UsageLine['kind'];
  provider: string;
  model: string;
  calls: number;
  input_tokens: number;
  output_tokens: number;
  cached_tokens: number;
  cost_usd: string;
}

/** What a person used, by day (UTC), kind and model, the newest day first; both days belong to it. */
export async function listUsageByDay(queryable: Queryable, span: { from: string; to: string }): Promise<UsageDayRow[]> {
  return queryable.query<UsageDayRow>({
    name: 'list_usage_by_day',
    text: `select to_char(day, 'YYYY-MM-DD') as day, kind, provider, model, sum(calls)::bigint as calls, sum(input_tokens)::bigint as input_tokens,
        sum(output_tokens)::bigint as output_tokens, sum(cached_tokens)::bigint as cached_tokens, trim_scale(sum(cost))::text as cost_usd
      from usage_days where tenant_id = current_tenant_id() and user_id = current_user_id() and day between $1::date and $2::date
      group by day, kind, provider, model order by day desc, kind, provider, model`,
    values: [span.from, span.to],
  });
}

/** Seconds until the next day (UTC) of the database's clock. */
export async function findSecondsUntilTomorrow(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ seconds: number }>({
    name: 'find_seconds_until_tomorrow',
    text: `select ceil(extract(epoch from day_started_at() + interval '1 day' - now()))::integer as seconds`,
  });
  return row?.seconds ?? 0;
}
