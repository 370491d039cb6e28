import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';

/** Who holds leases that have not expired, of all tenants; the definer function `list_lease_holders`. */
export async function listLeaseHolders(system: Queryable): Promise<string[]> {
  const rows = await system.query<{ holder: string }>({
    name: 'list_lease_holders',
    text: 'select holder from list_lease_holders() as holder',
  });
  return rows.map((row) => row.holder);
}

/** Ends the leases of holders that are known to be dead; the definer function `expire_leases`. Answers how many. */
export async function expireLeases(system: Queryable, holders: readonly string[]): Promise<number> {
  const [row] = await system.query<{ expired: number }>({
    name: 'expire_leases',
    text: 'select expire_leases($1) as expired',
    values: [holders],
  });
  return row?.expired ?? 0;
}

/** The lease under which a node of this generation is held, or undefined when nobody holds it. */
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

/** A claim, as what it wrote is looked for after a connection that was lost with the answer. Nobody else writes under its fence. */
export interface ClaimOfNode {
  id: string;
  fence: number;
  generation: number;
  turn: number;
}

/** The task by which a claim released its node: no row when it did not. The row is empty where the queue has the task already. */
export function findNextTurnTask(node: ClaimOfNode): Statement {
  return {
    name: 'find_rung_task',
    text: `select o.task_name, o.payload, o.not_before from run_nodes n
      left join outbox o on o.task_name = left(encode(sha256(convert_to('runs-take-turn ' || n.id || ':' || n.generation, 'UTF8')), 'hex'), 40)
      where n.id = $1 and n.fence = $2 and n.generation > $3`,
    values: [node.id, node.fence, node.generation],
  };
}

/** A row when a claim has fixed what its node is told at its start. */
export function findPrepared(node: ClaimOfNode): Statement {
  return {
    name: 'find_prepared',
    text: 'select id from run_nodes where id = $1 and prompt is not null',
    values: [node.id],
  };
}

/** A row when a claim has recorded its turn. */
export function findRecordedTurn(node: ClaimOfNode): Statement {
  return {
    name: 'find_recorded_turn',
    text: 'select turn from model_turns where node_id = $1 and turn = $2',
    values: [node.id, node.turn],
  };
}

/** A row when a claim has recorded a call's result. */
export function findRecordedCall(node: ClaimOfNode, call: { turn: number; call_index: number }): Statement {
  return {
    name: 'find_recorded_call',
    text: `select call_index from tool_calls where node_id = $1 and turn = $2 and call_index = $3 and status = 'completed'`,
    values: [node.id, call.turn, call.call_index],
  };
}

/** A row when a claim has counted the try of a call. */
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

/** A row when a claim has ended its node, or lets it wait for the person. */
export function findEndedNode(node: ClaimOfNode): Statement {
  return {
    name: 'find_ended_node',
    text: `select id from run_nodes where id = $1 and fence = $2 and status not in ('pending', 'running')`,
    values: [node.id, node.fence],
  };
}
