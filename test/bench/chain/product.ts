import pg from 'pg';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { environment } from '../../../functions/platform/environment.ts';
import { createId } from '../../../functions/platform/id.ts';
import { ring, type Task } from '../../../functions/platform/queue/task.ts';
import { TakeTurn } from '../../../functions/runs/run.ts';
import { openGateway } from '../../../scripts/local/gateway.ts';
import { answerOrders } from '../peer.ts';
import { ChainOrder, chainIds, IN_FLIGHT, runChains } from './load.ts';
import { advanceChain, chainTask, takeTurn, waiting } from './steps.ts';

/**
 * The product as `npm start` runs it: its listener and its queue in one process. Every step of a chain, the first as well, is a push of the queue over
 * HTTP with an OIDC token, and every push stands in the outbox before.
 */

const tenantId = process.env.BENCH_TENANT ?? '';
const userId = process.env.BENCH_USER ?? '';
const owner = new pg.Pool({ connectionString: environment.DATABASE_URL, max: 1 });
await openGateway([advanceChain, takeTurn], { port: 0, host: '127.0.0.1', concurrency: IN_FLIGHT });
await openDatabase();

/** Writes the chains of a round and the first task of each, as a request that started them would have. */
async function prepareChains(ids: readonly string[]): Promise<(id: string) => Task> {
  await owner.query('truncate bench_chains, bench_records, outbox');
  await owner.query('insert into bench_chains (id, tenant_id) select unnest($1::text[]), $2', [ids, tenantId]);
  const tasks = new Map(ids.map((id) => [id, chainTask(tenantId, id, 1)]));
  await insertTasks([...tasks.values()]);
  return (id) => taskOf(tasks, id);
}

/** The same for runs of one node, in the engine's tables. */
async function prepareRuns(ids: readonly string[]): Promise<(id: string) => Task> {
  await owner.query('truncate sessions, outbox cascade');
  await owner.query(
    `insert into sessions (id, tenant_id, user_id, query, status) select unnest($1::text[]), $2, $3, 'bench', 'running'`,
    [ids, tenantId, userId],
  );
  const nodeIds = ids.map(() => createId('node'));
  await owner.query(
    `insert into run_nodes (id, tenant_id, run_id, name, worker, position, provider, model, generation, rung_at)
      select node, $3, run, 'bench', 'bench', 0, 'gemini', 'bench', 1, now() from unnest($1::text[], $2::text[]) t (node, run)`,
    [nodeIds, ids, tenantId],
  );
  const tasks = new Map(ids.map((id, index) => [id, turnTask(id, nodeIds[index] ?? '')]));
  await insertTasks([...tasks.values()]);
  return (id) => taskOf(tasks, id);
}

function turnTask(runId: string, nodeId: string): Task {
  const payload = { tenant_id: tenantId, run_id: runId, node_id: nodeId, generation: 1 };
  return { name: `${nodeId}:1`, queue: TakeTurn.queue, step: TakeTurn.step, payload };
}

async function insertTasks(tasks: readonly Task[]): Promise<void> {
  await owner.query(
    `insert into outbox (tenant_id, task_name, queue, step, payload)
      select $1, t.name, t.queue, t.step, t.payload from jsonb_to_recordset($2) as t (name text, queue text, step text, payload jsonb)`,
    [tenantId, JSON.stringify(tasks)],
  );
}

function taskOf(tasks: ReadonlyMap<string, Task>, id: string): Task {
  const task = tasks.get(id);
  if (task === undefined) throw new Error(`The chain ${id} was not prepared`);
  return task;
}

answerOrders(ChainOrder, async ({ variant, seconds }) => {
  const ids = chainIds(seconds);
  const firstTaskOf = variant === 'turn' ? await prepareRuns(ids) : await prepareChains(ids);
  const figures = await runChains(seconds, ids, async (id) => {
    const ended = Promise.withResolvers<void>();
    waiting.set(id, ended.resolve);
    await ring(firstTaskOf(id));
    await ended.promise;
    waiting.delete(id);
  });
  return figures;
});
