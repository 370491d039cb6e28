import { createId } from '../../functions/platform/id.ts';
import { DEFAULT_MODELS } from '../../functions/platform/models/default-models.ts';
import { costOf } from '../../functions/platform/models/prices.ts';
import { asOwner } from '../support/owner.ts';

/** A user who pays. */
export interface Payer {
  tenantId: string;
  userId: string;
}

export const choice = { provider: 'gemini', model: DEFAULT_MODELS.gemini.model } as const;
export const tokens = (output: number) => ({ input_tokens: 100, output_tokens: output, cached_tokens: 0 });
/** The cost of a call with this number of output tokens, as exact text. */
export const cost = (output: number) => costOf(choice, tokens(output), new Date());
/** Output tokens of the worst case. */
export const MOST_OUTPUT = 1000;

/** Inserts a running run with three nodes. */
export async function createRun(person: Payer, budget: string | null): Promise<{ id: string; nodes: string[] }> {
  const id = createId('run');
  const nodes = [1, 2, 3].map(() => createId('node'));
  await asOwner(
    `insert into sessions (id, tenant_id, user_id, query, status, budget_usd) values ($1, $2, $3, 'x', 'running', $4)`,
    [id, person.tenantId, person.userId, budget],
  );
  for (const [index, node] of nodes.entries())
    await asOwner(
      `insert into run_nodes (id, tenant_id, run_id, name, worker, position, status)
       values ($1, $2, $3, $1, 'backend', $4, 'running')`,
      [node, person.tenantId, id, index],
    );
  return { id, nodes };
}

/** Returns all sums of a tenant that must agree, as exact text. */
export async function sumsOf({ tenantId }: Payer): Promise<Record<string, string>> {
  const [row] = await asOwner(
    `select (select coalesce(sum(cost), 0)::text from usage_ledger where tenant_id = $1) as ledger,
      (select coalesce(sum(cost), 0)::text from usage_days where tenant_id = $1) as days,
      (select coalesce(sum(calls), 0)::text from usage_days where tenant_id = $1) as calls,
      (select count(*)::text from usage_ledger where tenant_id = $1) as lines,
      (select coalesce(sum(cost), 0)::text from sessions where tenant_id = $1) as runs,
      (select coalesce(sum(cost_unknown), 0)::text from sessions where tenant_id = $1) as unknown,
      ((select coalesce(sum(cost), 0) from run_nodes where tenant_id = $1)
        + (select coalesce(sum(cost), 0) from usage_ledger where tenant_id = $1 and node_id is null))::text as parts,
      (select coalesce(sum(amount), 0)::text from call_reservations
        where tenant_id = $1 and written_off_at is null) as reserved`,
    [tenantId],
  );
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, String(value)]));
}

/** Lets all reservations of a tenant expire. */
export const expireReservations = ({ tenantId }: Payer) =>
  asOwner(`update call_reservations set expires_at = now() - interval '1 second' where tenant_id = $1`, [tenantId]);
