import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { enqueue } from '../../../functions/platform/queue/enqueue.ts';
import { sweepOutbox } from '../../../functions/runs/timers/sweep-outbox.ts';
import { sweepStalled } from '../../../functions/runs/timers/sweep-stalled.ts';
import { startClock } from '../../../scripts/local/clock.ts';
import { openGateway } from '../../../scripts/local/gateway.ts';
import { STEPS } from '../chain/load.ts';
import { advanceChain, chainTask, clock } from '../chain/steps.ts';
import { quantile, rounded } from '../figures.ts';
import { answerOrders } from '../peer.ts';

/**
 * The product as `npm start` runs it, with its sweepers and their clock. The outbox contains the steps of one tenant,
 * unsent for two minutes, as after an outage. Another tenant starts a step every few milliseconds, each in its own
 * transaction.
 */

const BackloggedTenant = process.env.BENCH_TENANT ?? '';
const CONCURRENCY = 16;
const functions = [advanceChain, sweepOutbox, sweepStalled];
const owner = new pg.Pool({ connectionString: process.env.OWNER_URL, max: 1 });
const gateway = await openGateway(functions, { port: 0, host: '127.0.0.1', concurrency: CONCURRENCY });
const database = await openDatabase();

export const BacklogOrder = z.strictObject({ steps: z.int(), seconds: z.number() });

async function insertBacklog(steps: number): Promise<void> {
  await owner.query('truncate bench_chains, bench_records, outbox');
  const ids = Array.from({ length: steps }, () => createId('run'));
  const tasks = ids.map((id) => chainTask(BackloggedTenant, id, STEPS));
  await owner.query('insert into bench_chains (id, tenant_id, step) select unnest($1::text[]), $2, $3', [
    ids,
    BackloggedTenant,
    STEPS - 1,
  ]);
  await owner.query(
    `insert into outbox (tenant_id, task_name, queue, step, payload, created_at)
      select $1, t.name, t.queue, t.step, t.payload, now() - interval '2 minutes'
      from jsonb_to_recordset($2) as t (name text, queue text, step text, payload jsonb)`,
    [BackloggedTenant, JSON.stringify(tasks)],
  );
}

/**
 * Starts a chain of another tenant: its rows and its first task in one transaction, as a request that starts a run
 * does.
 */
async function startOther(tenantId: string): Promise<void> {
  const id = createId('run');
  const task = chainTask(tenantId, id, STEPS);
  await owner.query('insert into bench_chains (id, tenant_id, step) values ($1, $2, $3)', [id, tenantId, STEPS - 1]);
  await database.as({ kind: 'tenant', tenantId }).transaction(async (transaction) => {
    transaction.afterCommit(() => clock.due(`${id}:${STEPS}`));
    await enqueue(transaction, tenantId, task);
  });
}

const START_EVERY_MS = 20;

/** Starts the other tenant's steps until `isOver` returns true. Returns how long each step waited. */
async function watchOther(tenantId: string, isOver: () => Promise<boolean>): Promise<number[]> {
  clock.reset();
  while (!(await isOver())) {
    await startOther(tenantId);
    await sleep(START_EVERY_MS);
  }
  await sleep(200);
  return [...clock.waits];
}

/** Measures the other tenant for a short time without a backlog. The first call is a warm-up. */
function watchQuietly(tenantId: string): Promise<number[]> {
  const endsAt = performance.now() + 1_500;
  return watchOther(tenantId, async () => performance.now() > endsAt);
}

function waitsOf(waits: readonly number[]) {
  const at = (share: number) => rounded(quantile(waits, share), 1);
  return { starts: waits.length, start_p50_ms: at(0.5), start_p95_ms: at(0.95), start_p99_ms: at(0.99) };
}

async function tables() {
  // The statistics collector reports with a delay.
  await sleep(1_500);
  const { rows } = await owner.query<{ name: string; megabytes: number; dead: number }>(
    `select relname as name, round(pg_total_relation_size(relid) / 1e6, 1)::float8 as megabytes, n_dead_tup::integer as dead
      from pg_stat_user_tables where relname in ('outbox', 'bench_chains', 'bench_records') order by relname`,
  );
  return rows;
}

/**
 * Returns the medians of a step's claim and of the sweeper's claim of 200 tasks, in milliseconds. The sweeper's claim
 * is rolled back.
 */
async function claimTimes() {
  const step: number[] = [];
  const sweep: number[] = [];
  for (let number = 0; number < CLAIMS; number += 1) {
    const id = createId('run');
    await owner.query('insert into bench_chains (id, tenant_id, step) values ($1, $2, 0)', [id, BackloggedTenant]);
    const claim = 'update bench_chains set step = 1 where id = $1 and step = 0 returning id';
    step.push(await timed(() => owner.query({ name: 'claim', text: claim, values: [id] })));
    await owner.query('begin');
    sweep.push(await timed(() => owner.query(`select * from claim_unsent_tasks(interval '1 minute', 200)`)));
    await owner.query('rollback');
  }
  return { step_ms: rounded(quantile(step, 0.5), 2), sweep_ms: rounded(quantile(sweep, 0.5), 2) };
}

const CLAIMS = 9;

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

async function left(): Promise<number> {
  const { rows } = await owner.query<{ left: number }>(
    'select count(*)::integer as left from bench_chains where tenant_id = $1 and step = $2',
    [BackloggedTenant, STEPS - 1],
  );
  return rows[0]?.left ?? 0;
}

async function createOther(): Promise<string> {
  const { rows } = await owner.query<{ tenant_id: string }>(
    `select tenant_id from provision_account('bench-other', 'other@example.com', 'Other', null)`,
  );
  return rows[0]?.tenant_id ?? '';
}

answerOrders(BacklogOrder, async ({ steps, seconds }) => {
  const other = await createOther();
  await watchQuietly(other);
  const quiet = waitsOf(await watchQuietly(other));
  await insertBacklog(steps);
  await owner.query('analyze outbox, bench_chains');
  const before = { claim: await claimTimes(), tables: await tables() };
  const stopClock = startClock(functions, gateway.url);
  const startedAt = performance.now();
  let checkedAt = 0;
  let drained = false;
  const waits = await watchOther(other, async () => {
    const elapsed = performance.now() - startedAt;
    if (elapsed - checkedAt > 1_000) {
      checkedAt = elapsed;
      drained = (await left()) === 0;
    }
    return drained || elapsed > seconds * 1_000;
  });
  const elapsed = (performance.now() - startedAt) / 1_000;
  const done = steps - (await left());
  stopClock();
  return {
    steps,
    done,
    steps_per_second: rounded(done / elapsed, 0),
    quiet,
    meanwhile: waitsOf(waits),
    before,
    after: { claim: await claimTimes(), tables: await tables() },
  };
});
