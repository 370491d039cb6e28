import type { Pool } from 'pg';
import type { ServedFunction } from '../../../functions/platform/http/served-function.ts';
import { createId } from '../../../functions/platform/id.ts';
import type { Model } from '../../../functions/platform/models/model.ts';
import { useModel } from '../../../functions/platform/models/open-model.ts';
import type { Queue } from '../../../functions/platform/queue/queue.ts';
import { createTask, type Task } from '../../../functions/platform/queue/task.ts';
import { SettleRun, TakeTurn } from '../../../functions/runs/run.ts';
import { takeTurn } from '../../../functions/runs/steps/take-turn.ts';
import { RECORD, STEPS } from './load.ts';
import { clock, waiting } from './steps.ts';

/**
 * Turns of the engine with a model that answers at once. A chain is a run with one node and five turns. Each turn
 * except the last calls an unknown tool, so a turn has two round trips, its record and its tool result; the first one
 * has a claim before. All turns of a chain run in one task, as the steps of a DBOS workflow do.
 */

const MODEL: Model = {
  provider: 'gemini',
  stream: async function* (request) {
    const turn = request.messages.filter((message) => message.role === 'assistant').length;
    yield { type: 'text_delta', text: RECORD };
    if (turn < STEPS - 1) yield { type: 'tool_call', call: { id: `call_${turn}`, name: 'note', arguments: {} } };
    const usage = { input_tokens: 100, output_tokens: 250, cached_tokens: 0 };
    yield { type: 'finish', reason: turn < STEPS - 1 ? 'tool_calls' : 'stop', usage };
  },
};
useModel(MODEL);

/** The product's step. It notes the time of each push before the token is verified and the body is read. */
export const watchedTurn: ServedFunction = {
  ...takeTurn,
  handle: (request, response) => {
    clock.started(String(request.headers['x-cloudtasks-taskname']));
    return takeTurn.handle(request, response);
  },
};

/**
 * The product's queue. It notes the time of each task. The settle step after the last turn ends a chain and is not run.
 */
export function watchedQueue(queue: Queue): Queue {
  return {
    create: async (task) => {
      if (task.step === SettleRun.step) return waiting.get(SettleRun.payload.parse(task.payload).run_id)?.();
      if (task.step === TakeTurn.step) clock.due(task.name);
      return queue.create(task);
    },
    close: () => queue.close(),
  };
}

/**
 * Inserts the runs of a round and creates their first tasks, as a request that starts them would. Keeps the rows of
 * earlier rounds and runs `analyze`, as in a database that has been in use: with statistics of empty tables, PostgreSQL
 * chooses the wrong indexes.
 */
export async function prepareRuns(
  owner: Pool,
  { tenantId, userId }: { tenantId: string; userId: string },
  ids: readonly string[],
): Promise<Map<string, Task>> {
  await owner.query('truncate outbox');
  await owner.query(
    `insert into sessions (id, tenant_id, user_id, query, status) select unnest($1::text[]), $2, $3, 'bench', 'running'`,
    [ids, tenantId, userId],
  );
  const nodeIds = ids.map(() => createId('node'));
  await owner.query(
    `insert into run_nodes (id, tenant_id, run_id, name, worker, position, provider, model, generation, rung_at, prompt)
      select node, $3, run, 'formatter', 'formatter', 0, 'gemini', 'gemini-2.5-flash', 1, now(),
        '{"system": "You are measured.", "text": "Go."}'
      from unnest($1::text[], $2::text[]) t (node, run)`,
    [nodeIds, ids, tenantId],
  );
  await owner.query('analyze sessions, run_nodes, model_turns, tool_calls, run_events, usage_ledger, usage_days');
  return new Map(ids.map((id, index) => [id, turnTask(tenantId, id, nodeIds[index] ?? '')]));
}

function turnTask(tenantId: string, runId: string, nodeId: string): Task {
  const payload = { tenant_id: tenantId, run_id: runId, node_id: nodeId, generation: 1 };
  return createTask(TakeTurn, payload, `${nodeId}:1`);
}
