import { createId } from '../../../functions/platform/id.ts';
import { asOwner, type RunBench } from '../bench.ts';

/** Inserts a dead letter of the bench's tenant: a task that should settle this run. Returns its id. */
export async function insertDeadLetter({ person }: RunBench, runId: string, diedMinutesAgo = 0): Promise<string> {
  const id = createId('dead');
  await asOwner(
    `insert into dead_letters (id, tenant_id, step, queue, payload, work, attempts, error, died_at)
      values ($1, $2, 'runs-settle-run', 'control', $3, $1, 13, 'ZodError: broken', now() - make_interval(mins => $4))`,
    [id, person.tenantId, JSON.stringify({ tenant_id: person.tenantId, run_id: runId }), diedMinutesAgo],
  );
  return id;
}
