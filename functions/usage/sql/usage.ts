import type { Statement } from '../../platform/database/batch.ts';
import type { Usage } from '../../platform/models/model.ts';

/** A line of the ledger. */
export interface UsageLine {
  tenantId: string;
  userId: string;
  runId?: string | undefined;
  nodeId?: string | undefined;
  kind: 'turn' | 'attempt' | 'embedding' | 'extraction';
  /** What was paid for; unique per tenant and kind, so that a repeated delivery books once. */
  reference: string;
  provider: string;
  model: string;
  usage: Usage;
  /** US dollars as exact decimal text. */
  cost: string;
}

/** Books a call once: the same (tenant, kind, reference) again changes nothing. Answers a row when this statement booked it. */
export function insertUsage(line: UsageLine): Statement {
  return {
    name: 'insert_usage',
    text: `insert into usage_ledger (tenant_id, user_id, run_id, node_id, kind, reference, provider, model,
        input_tokens, output_tokens, cached_tokens, cost)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
      on conflict (tenant_id, kind, reference) do nothing
      returning id`,
    values: [
      line.tenantId,
      line.userId,
      line.runId,
      line.nodeId,
      line.kind,
      line.reference,
      line.provider,
      line.model,
      line.usage.input_tokens,
      line.usage.output_tokens,
      line.usage.cached_tokens,
      line.cost,
    ],
  };
}
