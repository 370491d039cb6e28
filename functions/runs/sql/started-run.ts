import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';

/** Returns the run that a call of a tool has started, or undefined. */
export async function findRunStartedBy(queryable: Queryable, callKey: string): Promise<string | undefined> {
  const [row] = await queryable.query<{ id: string }>({
    name: 'find_run_started_by',
    text: `select id from sessions where tenant_id = current_tenant_id() and metadata ->> 'started_by_call' = $1`,
    values: [callKey],
  });
  return row?.id;
}

/** Stores the call that started the run. A second run of the same call fails the transaction. */
export function updateRunStartedBy(runId: string, callKey: string): Statement {
  return {
    name: 'update_run_started_by',
    text: `update sessions set metadata = metadata || jsonb_build_object('started_by_call', $2::text) where id = $1`,
    values: [runId, callKey],
  };
}
