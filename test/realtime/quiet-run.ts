import { createId } from '../../functions/platform/id.ts';
import { asOwner } from '../support/owner.ts';
import type { Person } from '../support/server.ts';

/** Inserts a run at which nobody works, so that a test writes all of its events. Returns its id. */
export async function insertRun({ tenantId, userId }: Pick<Person, 'tenantId' | 'userId'>): Promise<string> {
  const id = createId('run');
  await asOwner(`insert into sessions (id, tenant_id, user_id, query, status) values ($1, $2, $3, 'test', 'running')`, [
    id,
    tenantId,
    userId,
  ]);
  return id;
}

/** Appends events in one transaction, as the engine does. */
export async function append(runId: string, ...events: { type?: string; data?: object; message?: string }[]) {
  const rows = events.map((event) => ({
    type: 'message_sent',
    level: 'info',
    source: 'system',
    message: '',
    ...event,
  }));
  await asOwner('select append_run_events($1, $2)', [runId, JSON.stringify(rows)]);
}
