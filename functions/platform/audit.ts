import type { Statement } from './database/batch.ts';

/** Writes to the audit log what the caller changed: `resource` names what, `facts` say how. */
export function insertAuditedChange(change: {
  action: string;
  resource: string;
  address: string;
  requestId: string;
  facts: Record<string, unknown>;
}): Statement {
  return {
    name: 'insert_audited_change',
    text: `insert into audit_log (tenant_id, user_id, action, resource, outcome, ip, request_id, data)
      values (current_tenant_id(), current_user_id(), $1, $2, 'allowed', $3, $4, $5)`,
    values: [change.action, change.resource, change.address, change.requestId, JSON.stringify(change.facts)],
  };
}
