import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { environment } from '../../platform/environment.ts';
import { ConfiguredPrice, type PricedChoice } from '../../platform/models/configured-price.ts';
import type { ModelChoice, Usage } from '../../platform/models/model.ts';
import type { PriceBasis } from '../../platform/models/prices.ts';

/** A line of the usage ledger. */
export interface UsageLine {
  tenantId: string;
  userId: string;
  runId?: string | undefined;
  nodeId?: string | undefined;
  kind: 'turn' | 'attempt' | 'embedding' | 'extraction' | 'search' | 'summary';
  /** Idempotency key of the line, unique per tenant and kind. */
  reference: string;
  provider: string;
  model: string;
  usage: Usage;
  /** US dollars as exact decimal text. */
  cost: string;
  price: PriceBasis;
  /** The reservation of this call, which is released. */
  reservation?: string | undefined;
}

/**
 * Books a call in the ledger, on its node and on its run, whatever their state. Idempotent by tenant, kind and
 * reference. Returns `{booked}`, which is false for a duplicate, in one row for each task of a node that waited for the
 * released money. Takes the run's lock.
 */
export function insertUsage(line: UsageLine): Statement {
  return {
    name: 'book_call',
    text: `select booked, task_name, queue, step, payload
      from book_call($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
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
      line.usage.estimated ?? false,
      line.price,
      line.reservation,
    ],
  };
}

/** The answer of `reserve_call`; the file of that SQL function explains it. Amounts are exact decimal text. */
export interface Reserved {
  answer: 'reserved' | 'unlimited' | 'wait' | 'refused' | 'ended';
  /** The limit that does not cover the call. */
  budget: 'run' | 'day' | null;
  granted: string | null;
  spent: string | null;
  lost: string | null;
  set_aside: string | null;
  total: string | null;
}

/**
 * Reserves the worst-case cost of a call, or at least `least` when the budget covers no more. Returns {@link Reserved}.
 * Takes the run's lock.
 */
export function insertReservation(call: {
  runId: string | undefined;
  nodeId: string | undefined;
  reference: string;
  amount: string;
  least: string;
  seconds: number;
}): Statement {
  return {
    name: 'reserve_call',
    text: `select answer, budget, trim_scale(granted)::text as granted, trim_scale(spent)::text as spent,
        trim_scale(lost)::text as lost, trim_scale(set_aside)::text as set_aside, trim_scale(total)::text as total
      from reserve_call($1, $2, $3, $4, $5, $6, $7)`,
    values: [
      call.runId,
      call.nodeId,
      call.reference,
      call.amount,
      call.least,
      call.seconds,
      environment.MAX_BUDGET_USD_PER_DAY,
    ],
  };
}

/**
 * Releases a reservation. Idempotent, also when there is none. Takes the run's lock. Returns the tasks of nodes that
 * waited for the money.
 */
export function releaseReservation(reference: string, runId: string | undefined): Statement {
  return {
    name: 'release_reservation',
    text: `select w.task_name, w.queue, w.step, w.payload from (select release_reservation($1) as has_waiters) r
      cross join lateral wake_budget_waiters($2) w where r.has_waiters`,
    values: [reference, runId],
  };
}

/** Returns the model with the price that the tenant has configured for it, if any. */
export async function findPrice(queryable: Queryable, choice: ModelChoice): Promise<PricedChoice> {
  const [row] = await queryable.query<{ price: unknown }>({
    name: 'find_price',
    text: 'select prices -> $1 as price from tenants where id = current_tenant_id()',
    values: [`${choice.provider}/${choice.model}`],
  });
  return { ...choice, price: ConfiguredPrice.safeParse(row?.price).data };
}

export interface ExpiredReservation {
  tenant_id: string;
  reference: string;
  run_id: string | null;
}

/** Lists unsettled reservations of all tenants whose expiry has passed, oldest first. */
export async function listExpiredReservations(system: Queryable, limit: number): Promise<ExpiredReservation[]> {
  return system.query<ExpiredReservation>({
    name: 'list_expired_reservations',
    text: 'select tenant_id, reference, run_id from list_expired_reservations($1)',
    values: [limit],
  });
}

/** Writes an expired reservation off. Returns false when it was settled or written off meanwhile. */
export async function updateReservationWrittenOff(queryable: Queryable, reference: string): Promise<boolean> {
  const [row] = await queryable.query<{ lost: boolean }>({
    name: 'write_off_reservation',
    text: 'select write_off_reservation($1) as lost',
    values: [reference],
  });
  return row?.lost ?? false;
}

/** Deletes reservations of all tenants that were written off before today. Returns their number. */
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
  estimated_calls: number;
  cost_usd: string;
}

/** Returns the caller's usage by day (UTC), kind and model, newest day first. The span includes both days. */
export async function listUsageByDay(queryable: Queryable, span: { from: string; to: string }): Promise<UsageDayRow[]> {
  return queryable.query<UsageDayRow>({
    name: 'list_usage_by_day',
    text: `select to_char(day, 'YYYY-MM-DD') as day, kind, provider, model, sum(calls)::bigint as calls,
        sum(input_tokens)::bigint as input_tokens, sum(output_tokens)::bigint as output_tokens,
        sum(cached_tokens)::bigint as cached_tokens,
        sum(estimated_calls)::bigint as estimated_calls, trim_scale(sum(cost))::text as cost_usd
      from usage_days
      where tenant_id = current_tenant_id() and user_id = current_user_id() and day between $1::date and $2::date
      group by day, kind, provider, model order by day desc, kind, provider, model`,
    values: [span.from, span.to],
  });
}

/** Returns the seconds until the next day (UTC) by the database's clock. */
export async function findSecondsUntilTomorrow(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ seconds: number }>({
    name: 'find_seconds_until_tomorrow',
    text: `select ceil(extract(epoch from day_started_at() + interval '1 day' - now()))::integer as seconds`,
  });
  return row?.seconds ?? 0;
}
