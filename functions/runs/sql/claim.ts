import type { Row, Statement } from '../../platform/database/batch.ts';
import type { Queryable, Scoped } from '../../platform/database/database.ts';
import { environment } from '../../platform/environment.ts';
import type { CapabilityOverrides } from '../../platform/models/capabilities.ts';
import type { ConfiguredPrice } from '../../platform/models/configured-price.ts';
import type { ProviderName } from '../../platform/models/model.ts';
import { ENGINE_VERSION } from '../engine-version.ts';
import type { RunEvent } from '../events/event.ts';
import { TakeTurn } from '../run.ts';
import { eventsAsJson } from './event.ts';

/** A node as its claim returns it, with the settings of its run. */
export interface ClaimedNode {
  id: string;
  run_id: string;
  user_id: string;
  name: string;
  worker: string;
  generation: number;
  fence: number;
  attempts: number;
  turn: number;
  prompt: { system: string; text: string } | null;
  /** The planner's instruction, or the user's in a replay; null or empty for a team's workers. */
  instruction: string | null;
  provider: ProviderName;
  model: string;
  /** What the tenant knows about the model; null when nothing. */
  capabilities: CapabilityOverrides | null;
  task: string;
  team: string[];
  has_budget: boolean;
  /** The tenant's price for the model, if it has configured one. */
  price: ConfiguredPrice | null;
  /** Whether the node has waited for money before this claim. */
  has_waited: boolean;
  /** How long the turn has waited for a model's server that takes no requests. */
  postponed_seconds: number;
  /** The hosts that the run was started with, and those that the tenant allows now. Both must open a host. */
  allowed_hosts: string[];
  tenant_hosts: string[];
}

/** The result of a call of a node. */
export interface CallResult {
  turn: number;
  callIndex: number;
  output: string;
  isError: boolean;
}

/**
 * Claims a node for one delivery of its task: increases the fence, takes the lease, and counts the attempt before
 * anything runs. Returns no node when the task is outdated or when the node is claimed by another worker, not due or
 * ended; the caller then answers 200. `then` is read in the same transaction and round trip after the claim, when no
 * other worker can write to the node.
 */
export async function claimNode(
  scoped: Scoped,
  claim: { runId: string; nodeId: string; generation: number; leaseSeconds: number; holder: string },
  then: readonly Statement[] = [],
): Promise<{ node: ClaimedNode | undefined; rows: Row[][] }> {
  const take: Statement = {
    name: 'claim_node',
    text: 'select * from claim_node($1, $2, $3, $4, $5, $6, $7)',
    values: [
      claim.runId,
      claim.nodeId,
      claim.generation,
      claim.leaseSeconds,
      claim.holder,
      ENGINE_VERSION,
      ENGINE_VERSION,
    ],
  };
  const [[node] = [], ...rows] = await scoped.queryAll([take, ...then]);
  // The columns are those of the SQL function `claim_node`; the tests of the engine read all of them.
  const claimed = node as ClaimedNode | undefined;
  return { node: claimed && { ...claimed, has_budget: claimed.has_budget || hasOperatorBudget() }, rows };
}

/** Whether the operator limits what every tenant may spend in a day. */
function hasOperatorBudget(): boolean {
  return environment.MAX_BUDGET_USD_PER_DAY !== undefined;
}

/**
 * Renews the lease of a claim and reads again whether a budget limits the run and which hosts the tenant allows, since
 * both can change while the claim goes on. Returns undefined when the claim is lost. A lease that was released is not
 * renewed, even when the renewal was sent before the release.
 */
export async function updateNodeLease(
  queryable: Queryable,
  nodeId: string,
  fence: number,
  leaseSeconds: number,
): Promise<Pick<ClaimedNode, 'has_budget' | 'tenant_hosts'> | undefined> {
  const [row] = await queryable.query<Pick<ClaimedNode, 'has_budget' | 'tenant_hosts'>>({
    name: 'update_node_lease',
    text: `update run_nodes n set lease_until = now() + make_interval(secs => $3::float8)
      where n.id = $1 and n.fence = $2 and n.status = 'running' and n.lease_until is not null
      returning (select s.budget_usd is not null or t.budget_usd_per_day is not null
        from sessions s join tenants t on t.id = s.tenant_id where s.id = n.run_id) as has_budget,
        (select t.allowed_hosts from tenants t where t.id = n.tenant_id) as tenant_hosts`,
    values: [nodeId, fence, leaseSeconds],
  });
  return row && { ...row, has_budget: row.has_budget || hasOperatorBudget() };
}

/**
 * Locks the run, then the node, checks the fence and appends events to the run. It is the first statement of every
 * fenced transaction. Raises AF000 (FenceLost) when the claim is lost.
 */
export function holdNode(
  { run_id: runId, id, fence }: Pick<ClaimedNode, 'run_id' | 'id' | 'fence'>,
  events: readonly RunEvent[] = [],
): Statement {
  return {
    name: 'hold_node',
    text: 'select hold_node($1, $2, $3, $4)',
    values: [runId, id, fence, events.length === 0 ? undefined : eventsAsJson(events)],
  };
}

export interface NodeRelease {
  wakeAfterSeconds?: number | undefined;
  /** The node waits for money of this budget: other calls wake it when they release some. */
  waitsForBudget?: 'run' | 'day' | undefined;
  result?: CallResult | undefined;
}

/**
 * Ends a claim and enqueues the node's next turn, instead of {@link holdNode}: checks the fence and appends the events
 * as it does. Records the result of the turn's last call with it. Returns rows of {@link TurnTask}.
 */
export function releaseNode(
  { run_id: runId, id, fence }: Pick<ClaimedNode, 'run_id' | 'id' | 'fence'>,
  events: readonly RunEvent[],
  { wakeAfterSeconds, waitsForBudget, result }: NodeRelease,
): Statement {
  return {
    name: 'release_node',
    text: `select task_name, step, payload, not_before
      from release_node($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7::float8), $8, $9, $10, $11, $12)`,
    values: [
      runId,
      id,
      fence,
      events.length === 0 ? undefined : eventsAsJson(events),
      TakeTurn.step,
      TakeTurn.queue,
      wakeAfterSeconds,
      result?.turn,
      result?.callIndex,
      result?.output,
      result?.isError,
      waitsForBudget,
    ],
  };
}
