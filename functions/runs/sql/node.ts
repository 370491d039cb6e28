import type { Row, Statement } from '../../platform/database/batch.ts';
import type { Queryable, Scoped } from '../../platform/database/database.ts';
import type { ProviderName } from '../../platform/models/model.ts';
import type { NodeStatus } from '../graph.ts';
import type { NodeState } from '../next-moves.ts';
import { ENGINE_VERSION, OLDEST_ENGINE_VERSION, TakeTurn } from '../run.ts';

/** A node as its claim found it, with what its run says. */
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
  /** What a planner asks it to do; empty for a team's workers. */
  instruction: string | null;
  provider: ProviderName;
  model: string;
  task: string;
  team: string[];
  has_budget: boolean;
  allowed_hosts: string[];
}

/** The nodes of a run behind those that it has, with the model that each will use. */
export function insertNodes(
  runId: string,
  nodes: readonly {
    id: string;
    name: string;
    worker: string;
    depends_on: string[];
    instruction: string;
    provider: string;
    model: string;
  }[],
): Statement {
  return {
    name: 'insert_nodes',
    text: `insert into run_nodes (id, tenant_id, run_id, name, worker, position, instruction, depends_on, provider, model)
      select n.node ->> 'id', current_tenant_id(), $1, n.node ->> 'name', n.node ->> 'worker',
        n.position + (select coalesce(max(position), 0) from run_nodes where run_id = $1), n.node ->> 'instruction',
        array(select jsonb_array_elements_text(n.node -> 'depends_on')), n.node ->> 'provider', n.node ->> 'model'
      from jsonb_array_elements($2::jsonb) with ordinality as n (node, position)`,
    values: [runId, JSON.stringify(nodes)],
  };
}

/**
 * Claims a node for one delivery of its task: bumps the fence, takes the lease, counts the attempt before anything runs. No node means that the task is
 * old, the node is another's, not due, or at an end: answer 200 and stop. `then` is read in the same transaction and round trip, after the claim: nobody else
 * can write to the node any more.
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
      OLDEST_ENGINE_VERSION,
      ENGINE_VERSION,
    ],
  };
  const [[node] = [], ...rows] = await scoped.queryAll([take, ...then]);
  // The function answers these columns; every test of the engine reads them.
  return { node: node as ClaimedNode | undefined, rows };
}

/** Renews the lease of a claim. False: the claim is lost, stop. One that was given back stays so, if the renewal was on its way. */
export async function updateNodeLease(
  queryable: Queryable,
  nodeId: string,
  fence: number,
  leaseSeconds: number,
): Promise<boolean> {
  const rows = await queryable.query({
    name: 'update_node_lease',
    text: `update run_nodes set lease_until = now() + make_interval(secs => $3::float8)
      where id = $1 and fence = $2 and status = 'running' and lease_until is not null returning id`,
    values: [nodeId, fence, leaseSeconds],
  });
  return rows.length > 0;
}

/** First statement of every fenced transaction: locks the run, then the node. Raises AF000 (FenceLost) when the claim is lost. */
export function holdNode(runId: string, nodeId: string, fence: number): Statement {
  return { name: 'hold_node', text: 'select hold_node($1, $2, $3)', values: [runId, nodeId, fence] };
}

/** Writes a node's next task and ends its lease; answers rows of {@link RungTask}. */
export function ringNode(nodeId: string, wakeAfterSeconds?: number): Statement {
  return {
    name: 'ring_node',
    text: `select task_name, payload, not_before from ring_node($1, $3, $4, now() + make_interval(secs => $2::float8))`,
    values: [nodeId, wakeAfterSeconds, TakeTurn.step, TakeTurn.queue],
  };
}

export interface RungTask {
  task_name: string;
  payload: unknown;
  not_before: string | null;
}

/** What a node is told at its start, fixed once so that every turn sees the same. */
export function updateNodePrompt(nodeId: string, prompt: { system: string; text: string }): Statement {
  return {
    name: 'update_node_prompt',
    text: 'update run_nodes set prompt = $2 where id = $1 and prompt is null',
    values: [nodeId, JSON.stringify(prompt)],
  };
}

/** Gives back an attempt that a stop of ours cut short: it says nothing against the node. */
export function updateAttemptGivenBack(nodeId: string): Statement {
  return {
    name: 'update_attempt_given_back',
    text: 'update run_nodes set attempts = greatest(0, attempts - 1) where id = $1',
    values: [nodeId],
  };
}

/** The tries count for a turn: whoever has done what was asked, or sleeps for a message, begins anew. */
export function updateAttemptsReset(nodeId: string): Statement {
  return {
    name: 'update_attempts_reset',
    text: 'update run_nodes set attempts = 0 where id = $1',
    values: [nodeId],
  };
}

/** Ends a node, inside a transaction that holds it. */
export function updateNodeEnded(
  nodeId: string,
  end: { status: NodeStatus; result?: string; error?: string },
): Statement {
  return {
    name: 'update_node_ended',
    text: `update run_nodes set status = $2, result = $3, error = $4, lease_until = null, wake_at = null, completed_at = clock_timestamp(), reserved = 0
      where id = $1`,
    values: [nodeId, end.status, end.result, end.error],
  };
}

/** Lets a claimed node wait for the person: it holds no lease, and nothing but an answer rings it. */
export function updateNodeWaitingForInput(nodeId: string): Statement {
  return {
    name: 'update_node_waiting_for_input',
    text: `update run_nodes set status = 'waiting_input', lease_until = null, wake_at = null, attempts = 0, generation = generation + 1 where id = $1`,
    values: [nodeId],
  };
}

/** Lets a node go on that waited for the person; its task is rung after this. */
export function updateNodeAnswered(nodeId: string): Statement {
  return {
    name: 'update_node_answered',
    text: `update run_nodes set status = 'running', attempts = 0 where id = $1 and status = 'waiting_input'`,
    values: [nodeId],
  };
}

/** Skips nodes that never started; a node that somebody started meanwhile stays. */
export function updateNodesSkipped(runId: string, names: readonly string[]): Statement {
  return {
    name: 'update_nodes_skipped',
    text: `update run_nodes set status = 'skipped', completed_at = clock_timestamp() where run_id = $1 and name = any ($2) and status = 'pending'`,
    values: [runId, names],
  };
}

/** Ends every node that is not at an end and makes its claims zombies. The run is locked before. */
export function cancelNodes(runId: string): Statement {
  return {
    name: 'cancel_nodes',
    text: `update run_nodes n set status = 'cancelled', fence = n.fence + 1, lease_until = null, wake_at = null, completed_at = clock_timestamp(), reserved = 0
      from (select id from run_nodes where run_id = $1 and status in ('pending', 'running', 'waiting_input') order by id for update) open
      where n.id = open.id`,
    values: [runId],
  };
}

export interface NodeRow extends NodeState {
  id: string;
  /** It works or is about to; not while it sleeps or waits for a person. */
  active: boolean;
  worker: string;
  provider: ProviderName;
  model: string;
}

/** The nodes of a run in their order. */
export async function listNodes(queryable: Queryable, runId: string): Promise<NodeRow[]> {
  return queryable.query<NodeRow>({
    name: 'list_nodes',
    text: `select id, name, worker, status, rung_at is not null as rung,
        wake_at is null and (status = 'running' or status = 'pending' and rung_at is not null) as active, result, error, provider, model
      from run_nodes where run_id = $1 order by position`,
    values: [runId],
  });
}
