import { z } from 'zod';
import type { Queryable } from '../../../functions/platform/database/database.ts';
import { FenceLost } from '../../../functions/platform/errors.ts';
import { sendToQueue } from '../../../functions/platform/queue/enqueue.ts';
import { createTask, type Task, taskType } from '../../../functions/platform/queue/task.ts';
import { step } from '../../../functions/platform/step.ts';
import { RECORD, STEPS, StartClock } from './load.ts';

/** A chain of the product: declared steps, outbox and fences, without any work in a step. */

/** Maps a chain to the function that is called at its end. */
export const waiting = new Map<string, () => void>();

/** Measures the time between the commit that makes a step due and its handler. */
export const clock = new StartClock();

export const AdvanceChain = taskType({
  step: 'bench-advance-chain',
  queue: 'model',
  payload: z.strictObject({ tenant_id: z.string(), chain_id: z.string(), step: z.int() }),
});

export function chainTask(tenantId: string, chainId: string, number: number): Task {
  return createTask(AdvanceChain, { tenant_id: tenantId, chain_id: chainId, step: number }, `${chainId}:${number}`);
}

/** A step without external calls: claim, record and next task are one statement. */
export const advanceChain = step(AdvanceChain).handle(async ({ payload, database }) => {
  const { tenant_id: tenantId, chain_id: chainId } = payload;
  clock.started(`${chainId}:${payload.step}`);
  const next = payload.step < STEPS ? chainTask(tenantId, chainId, payload.step + 1) : undefined;
  const isAdvanced = await updateChain(database.as({ kind: 'tenant', tenantId }), chainId, payload.step, next);
  if (!isAdvanced) throw new FenceLost('The chain');
  if (next === undefined) waiting.get(chainId)?.();
  else {
    clock.due(`${chainId}:${payload.step + 1}`);
    await sendToQueue(next);
  }
});

/** Advances a chain. The step's number is the fence, so a duplicate delivery writes nothing. */
async function updateChain(
  queryable: Queryable,
  chainId: string,
  number: number,
  next: Task | undefined,
): Promise<boolean> {
  const [row] = await queryable.query<{ advanced: number }>({
    name: 'update_bench_chain',
    text: `with advanced as (update bench_chains set step = $2 where id = $1 and step = $2 - 1 returning id, tenant_id),
        recorded as (insert into bench_records (chain_id, step, tenant_id, body) select id, $2, tenant_id, $3 from advanced
          on conflict do nothing returning tenant_id),
        rung as (insert into outbox (tenant_id, task_name, queue, step, payload) select tenant_id, $4::text, $5, $6, $7 from recorded
          where $4::text is not null on conflict (task_name) do nothing)
      select count(*) as advanced from advanced`,
    values: [
      chainId,
      number,
      RECORD,
      next?.name,
      AdvanceChain.queue,
      AdvanceChain.step,
      next && JSON.stringify(next.payload),
    ],
  });
  return row?.advanced === 1;
}
