import { createHash } from 'node:crypto';
import type { Statement } from '../../platform/database/batch.ts';
import { storableText } from '../../platform/storable.ts';

/** What became of code that a run wanted to run, or of a host that it asked for. */
export type SecurityAction =
  | 'sandbox_completed'
  /** The program itself was wrong or raised an error. */
  | 'sandbox_execution_error'
  | 'sandbox_timeout'
  | 'sandbox_limit'
  /** Nothing ran, for a reason of ours. */
  | 'sandbox_error'
  | 'command_refused'
  | 'host_refused';

export interface SecurityEvent {
  action: SecurityAction;
  /** Which tool and how it ended, in short values; never what was printed. */
  detail: Record<string, unknown>;
  /** Of which only the hash and the length are kept. */
  code?: string;
}

/**
 * Notes what happened, in the order given, for the person and the tenant of the run. It belongs to the outcome of the call, so a call that is made again after
 * a crash is noted once.
 */
export function insertSecurityEvents(runId: string, events: readonly SecurityEvent[]): Statement {
  return {
    name: 'insert_security_logs',
    // The tenant is the run's own: a foreign key is checked without row-level security, so the run's id alone proves nothing.
    text: `insert into security_logs (tenant_id, user_id, session_id, action, detail, code_snippet)
      select s.tenant_id, s.user_id, s.id, event.action, event.detail, event.code
      from sessions s, unnest($2::text[], $3::text[], $4::text[]) with ordinality event (action, detail, code, position)
      where s.id = $1
      order by event.position`,
    values: [
      runId,
      events.map(({ action }) => action),
      events.map(({ detail }) => storableText(JSON.stringify(detail))),
      events.map(({ code }) => (code === undefined ? null : fingerprintOf(code))),
    ],
  };
}

/** Tells two programs apart and shows neither. */
function fingerprintOf(code: string): string {
  return `sha256:${createHash('sha256').update(code).digest('hex')} (${code.length} characters)`;
}
