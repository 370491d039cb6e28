import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { TakeTurn } from '../run.ts';

/**
 * Lists the holders of leases that have not expired, of all tenants, with the definer function `list_lease_holders`.
 */
export async function listLeaseHolders(system: Queryable): Promise<string[]> {
  const rows = await system.query<{ holder: string }>({
    name: 'list_lease_holders',
    text: 'select holder from list_lease_holders() as holder',
  });
  return rows.map((row) => row.holder);
}

/** Ends the leases of these holders with the definer function `expire_leases`. Returns their number. */
export async function expireLeases(system: Queryable, holders: readonly string[]): Promise<number> {
  const [row] = await system.query<{ expired: number }>({
    name: 'expire_leases',
    text: 'select expire_leases($1) as expired',
    values: [holders],
  });
  return row?.expired ?? 0;
}

/** Returns the lease that holds a node of this generation, or undefined. */
export async function findLease(
  queryable: Queryable,
  nodeId: string,
  generation: number,
): Promise<{ fence: number; seconds_left: number } | undefined> {
  const [row] = await queryable.query<{ fence: number; seconds_left: number }>({
    name: 'find_lease',
    text: `select fence, extract(epoch from lease_until - now())::float8 as seconds_left from run_nodes
      where id = $1 and generation = $2 and status = 'running' and lease_until > now()`,
    values: [nodeId, generation],
  });
  return row;
}

/**
 * Identifies a claim. After a lost connection, these queries find out whether a write of the claim was committed: no
 * other worker writes with its fence.
 */
interface ClaimOfNode {
  id: string;
  fence: number;
  generation: number;
  turn: number;
}

/**
 * Returns a row when the claim has released its node with a next task. Its columns are null when the queue already has
 * the task.
 */
export function findNextTurnTask(node: ClaimOfNode): Statement {
  return {
    name: 'find_rung_task',
    text: `select o.task_name, o.step, o.payload, o.not_before from run_nodes n
      left join outbox o on o.task_name = left(encode(sha256(convert_to(coalesce(n.turn_step, $4) || ' ' || n.id || ':' || n.generation, 'UTF8')), 'hex'), 40)
      where n.id = $1 and n.fence = $2 and n.generation > $3`,
    values: [node.id, node.fence, node.generation, TakeTurn.step],
  };
}

/** Returns a row when the node has its prompt. */
export function findPrepared(node: ClaimOfNode): Statement {
  return {
    name: 'find_prepared',
    text: 'select id from run_nodes where id = $1 and prompt is not null',
    values: [node.id],
  };
}

/** Returns a row when the turn is recorded. */
export function findRecordedTurn(node: ClaimOfNode): Statement {
  return {
    name: 'find_recorded_turn',
    text: 'select turn from model_turns where node_id = $1 and turn = $2',
    values: [node.id, node.turn],
  };
}

/** Returns a row when the first attempt of the next turn is counted. */
export function findStartedAttempt(node: ClaimOfNode): Statement {
  return {
    name: 'find_started_attempt',
    text: 'select id from run_nodes where id = $1 and fence = $2 and attempts > 0',
    values: [node.id, node.fence],
  };
}

/** Returns a row when the call's result is recorded. */
export function findRecordedCall(node: ClaimOfNode, call: { turn: number; call_index: number }): Statement {
  return {
    name: 'find_recorded_call',
    text: `select call_index from tool_calls where node_id = $1 and turn = $2 and call_index = $3 and status = 'completed'`,
    values: [node.id, call.turn, call.call_index],
  };
}

/** Returns a row when the attempt of the call is counted. */
export function findTriedCall(
  node: ClaimOfNode,
  call: { turn: number; call_index: number; attempts: number },
): Statement {
  return {
    name: 'find_tried_call',
    text: 'select attempts from tool_calls where node_id = $1 and turn = $2 and call_index = $3 and attempts > $4',
    values: [node.id, call.turn, call.call_index, call.attempts],
  };
}

/** Returns a row when the claim has ended its node or lets it wait for the user. */
export function findEndedNode(node: ClaimOfNode): Statement {
  return {
    name: 'find_ended_node',
    text: `select id from run_nodes where id = $1 and fence = $2 and status not in ('pending', 'running')`,
    values: [node.id, node.fence],
  };
}
