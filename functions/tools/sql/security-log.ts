import { createHash } from 'node:crypto';
import type { Statement } from '../../platform/database/batch.ts';
import { storableText } from '../../platform/storable.ts';

/** The outcome of code that a run wanted to run, or of a host that it wanted to reach. */
export type SecurityAction =
  | 'sandbox_completed'
  /** The program had a syntax error or raised an error. */
  | 'sandbox_execution_error'
  | 'sandbox_timeout'
  | 'sandbox_limit'
  /** Nothing ran, because of an internal failure. */
  | 'sandbox_error'
  | 'command_refused'
  | 'host_refused';

export interface SecurityEvent {
  action: SecurityAction;
  /** The tool and how the code ended, in short values. Never the output. */
  detail: Record<string, unknown>;
  /** Only its hash and length are stored. */
  code?: string;
}

/**
 * Records events in this order, for the user and the tenant of the run. The statement is part of the call's outcome, so
 * a call that is repeated after a crash is recorded once.
 */
export function insertSecurityEvents(runId: string, events: readonly SecurityEvent[]): Statement {
  return {
    name: 'insert_security_logs',
    // Takes the tenant from the run: a foreign key is checked without row-level security, so the run's id proves
    // nothing.
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

/** Identifies a program without showing it. */
function fingerprintOf(code: string): string {
  return `sha256:${createHash('sha256').update(code).digest('hex')} (${code.length} characters)`;
}
