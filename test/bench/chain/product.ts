import pg from 'pg';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { sendToQueue } from '../../../functions/platform/queue/enqueue.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import type { Task } from '../../../functions/platform/queue/task.ts';
import { openGateway } from '../../../scripts/local/gateway.ts';
import { answerOrders } from '../peer.ts';
import { ChainOrder, chainIds, IN_FLIGHT, runChains } from './load.ts';
import { advanceChain, chainTask, clock, waiting } from './steps.ts';
import { prepareRuns, watchedQueue, watchedTurn } from './turns.ts';

/**
 * The product as `npm start` runs it, with its server and its queue in one process. The queue pushes every step of a
 * chain over HTTP with an OIDC token, and every push has a row in the outbox.
 */

const tenantId = process.env.BENCH_TENANT ?? '';
const userId = process.env.BENCH_USER ?? '';
const owner = new pg.Pool({ connectionString: process.env.OWNER_URL, max: 1 });
const gateway = await openGateway([advanceChain, watchedTurn], { port: 0, host: '127.0.0.1', concurrency: IN_FLIGHT });
useQueue(watchedQueue(gateway.queue));
await openDatabase();

/** Inserts the chains of a round and creates their first tasks, as a request that starts them would. */
async function prepareChains(ids: readonly string[]): Promise<Map<string, Task>> {
  await owner.query('truncate bench_chains, bench_records, outbox');
  await owner.query('insert into bench_chains (id, tenant_id) select unnest($1::text[]), $2', [ids, tenantId]);
  return new Map(ids.map((id) => [id, chainTask(tenantId, id, 1)]));
}

async function insertTasks(tasks: readonly Task[]): Promise<void> {
  await owner.query(
    `insert into outbox (tenant_id, task_name, queue, step, payload)
      select $1, t.name, t.queue, t.step, t.payload
      from jsonb_to_recordset($2) as t (name text, queue text, step text, payload jsonb)`,
    [tenantId, JSON.stringify(tasks)],
  );
}

answerOrders(ChainOrder, async ({ variant, seconds }) => {
  const ids = chainIds(seconds, variant === 'turn' ? 600 : undefined);
  const first = variant === 'turn' ? await prepareRuns(owner, { tenantId, userId }, ids) : await prepareChains(ids);
  await insertTasks([...first.values()]);
  return runChains(seconds, ids, clock, async (id) => {
    const task = first.get(id);
    if (task === undefined) throw new Error(`The chain ${id} was not prepared`);
    const ended = Promise.withResolvers<void>();
    waiting.set(id, ended.resolve);
    await sendToQueue(task);
    await ended.promise;
    waiting.delete(id);
  });
});
