import { expect } from 'vitest';
import { receiveRun } from '../../../functions/entities/ingest/receive-session.ts';
import { archiveSession } from '../../../functions/entities/session.ts';
import { findJob } from '../../../functions/entities/sql/memory-job.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { createId } from '../../../functions/platform/id.ts';
import { asOwner, type Person, scopeOf } from '../people.ts';

/** Archives a run that has ended, and waits until its job has run. Returns the id of the run. */
export async function archiveEndedRun(
  database: Database,
  who: Person,
  { task, report }: { task: string; report: string },
  before?: (runId: string) => Promise<unknown>,
): Promise<string> {
  const runId = createId('run');
  await before?.(runId);
  const { tenantId, userId } = who;
  await database.as(scopeOf(who)).transaction(async (transaction) => {
    const model = { provider: 'rehearsal' as const, model: 'script' };
    const material = { task, reports: [{ worker: 'backend', text: report }], model };
    await archiveSession(transaction, { tenantId, userId, runId, kind: 'run', material });
    await receiveRun(transaction, { tenantId, userId }, runId);
  });
  const statusOfJob = async () => (await findJob(database.as(scopeOf(who)), { sessionId: runId }))?.status;
  await expect.poll(statusOfJob, { timeout: 20_000 }).not.toBe('queued');
  return runId;
}

/** Inserts a run with one node, which has opened a page with `web_fetch`. Returns the id of the node. */
export async function insertReader(
  database: Database,
  { tenantId, userId }: Person,
  runId: string,
  { url, output }: { url: string; output: string },
): Promise<string> {
  const nodeId = createId('node');
  await asOwner(database, async (transaction) => {
    await transaction.query({
      name: 'test_insert_run',
      text: `insert into sessions (id, tenant_id, user_id, query, status) values ($1, $2, $3, 'q', 'completed')`,
      values: [runId, tenantId, userId],
    });
    await transaction.query({
      name: 'test_insert_node',
      text: `insert into run_nodes (id, tenant_id, run_id, name, worker, position) values ($1, $2, $3, 'n', 'backend', 0)`,
      values: [nodeId, tenantId, runId],
    });
    await transaction.query({
      name: 'test_insert_call',
      text: `insert into tool_calls (node_id, turn, call_index, tenant_id, run_id, call_id, name, arguments, status, output)
        values ($1, 0, 0, $2, $3, 'c', 'web_fetch', $4, 'completed', $5)`,
      values: [nodeId, tenantId, runId, JSON.stringify({ url }), output],
    });
  });
  return nodeId;
}
