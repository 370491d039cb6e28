import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { ProviderName } from '../../platform/models/model.ts';
import type { NodeStatus } from '../planning/graph.ts';
import type { NodeState } from '../planning/next-moves.ts';
import { TakeTurn } from '../run.ts';

/** Inserts nodes after the run's existing nodes, with the model that each will use. */
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
    /** The step that takes its turns; undefined: {@link TakeTurn}. */
    turn_step?: string | undefined;
  }[],
): Statement {
  return {
    name: 'insert_nodes',
    text: `insert into run_nodes (id, tenant_id, run_id, name, worker, position, instruction, depends_on, provider, model,
        turn_step)
      select n.node ->> 'id', current_tenant_id(), $1, n.node ->> 'name', n.node ->> 'worker',
        n.position + (select coalesce(max(position), 0) from run_nodes where run_id = $1), n.node ->> 'instruction',
        array(select jsonb_array_elements_text(n.node -> 'depends_on')), n.node ->> 'provider', n.node ->> 'model',
        n.node ->> 'turn_step'
      from jsonb_array_elements($2::jsonb) with ordinality as n (node, position)`,
    values: [runId, JSON.stringify(nodes)],
  };
}

/** Enqueues a node's next turn and ends its lease. Returns rows of {@link TurnTask}. */
export function enqueueTurn(nodeId: string, wakeAfterSeconds?: number): Statement {
  return {
    name: 'ring_node',
    text: `select task_name, step, payload, not_before from ring_node($1, $3, $4, now() + make_interval(secs => $2::float8))`,
    values: [nodeId, wakeAfterSeconds, TakeTurn.step, TakeTurn.queue],
  };
}

export interface TurnTask {
  task_name: string;
  step: string;
  payload: unknown;
  not_before: string | null;
}

/** Stores the node's prompt. It is written only once, so that every turn sees the same prompt. */
export function updateNodePrompt(nodeId: string, prompt: { system: string; text: string }): Statement {
  return {
    name: 'update_node_prompt',
    text: 'update run_nodes set prompt = $2 where id = $1 and prompt is null',
    values: [nodeId, JSON.stringify(prompt)],
  };
}

/** Takes back an attempt that a shutdown of this process interrupted: it is no failure of the node. */
export function updateAttemptReturned(nodeId: string): Statement {
  return {
    name: 'update_attempt_given_back',
    text: 'update run_nodes set attempts = greatest(0, attempts - 1) where id = $1',
    values: [nodeId],
  };
}

/** Takes back an attempt that reached no model, and counts how long its turn waits for one. */
export function updateTurnPostponed(nodeId: string, seconds: number): Statement {
  return {
    name: 'update_turn_postponed',
    text: `update run_nodes set attempts = greatest(0, attempts - 1), postponed_seconds = postponed_seconds + $2
      where id = $1`,
    values: [nodeId, seconds],
  };
}

/** Counts the first attempt of the next turn of a claim, before it runs. */
export function updateAttemptStarted(nodeId: string): Statement {
  return {
    name: 'update_attempt_started',
    text: 'update run_nodes set attempts = 1 where id = $1',
    values: [nodeId],
  };
}

/**
 * Resets the attempts, which are counted per turn: after a completed turn, and when the node starts to wait for a
 * message.
 */
export function updateAttemptsReset(nodeId: string): Statement {
  return {
    name: 'update_attempts_reset',
    text: 'update run_nodes set attempts = 0 where id = $1',
    values: [nodeId],
  };
}

/** Ends a node, inside a transaction that holds the node. */
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

/**
 * Lets a claimed node wait for the user: the node holds no lease, and only an answer or the expiry of the question
 * enqueues its next turn.
 */
export function updateNodeWaitingForInput(nodeId: string): Statement {
  return {
    name: 'update_node_waiting_for_input',
    text: `update run_nodes set status = 'waiting_input', lease_until = null, wake_at = null, attempts = 0, generation = generation + 1 where id = $1`,
    values: [nodeId],
  };
}

/** Resumes a node that waited for the user. The caller enqueues its next turn in the same transaction. */
export function updateNodeAnswered(nodeId: string): Statement {
  return {
    name: 'update_node_answered',
    text: `update run_nodes set status = 'running', attempts = 0 where id = $1 and status = 'waiting_input'`,
    values: [nodeId],
  };
}

/** Skips nodes that never started. A node that was started in the meantime does not change. */
export function updateNodesSkipped(runId: string, names: readonly string[]): Statement {
  return {
    name: 'update_nodes_skipped',
    text: `update run_nodes set status = 'skipped', completed_at = clock_timestamp() where run_id = $1 and name = any ($2) and status = 'pending'`,
    values: [runId, names],
  };
}

/**
 * Cancels every node that has not ended, or those of `nodeIds`, and increases its fence, so that its claims are lost.
 * The caller has locked the run.
 */
export function cancelNodes(runId: string, nodeIds?: readonly string[]): Statement {
  return {
    name: 'cancel_nodes',
    text: 'select cancel_nodes($1, $2)',
    values: [runId, nodeIds],
  };
}

export interface NodeRow extends NodeState {
  id: string;
  /** The node runs or is about to start. False while it sleeps or waits for the user. */
  active: boolean;
  worker: string;
  provider: ProviderName;
  model: string;
}

/** Lists the nodes of a run in their order. */
export async function listNodes(queryable: Queryable, runId: string): Promise<NodeRow[]> {
  return queryable.query<NodeRow>({
    name: 'list_nodes',
    text: `select id, name, worker, status, rung_at is not null as "isEnqueued",
        wake_at is null and (status = 'running' or status = 'pending' and rung_at is not null) as active, result, error, provider, model
      from run_nodes where run_id = $1 order by position`,
    values: [runId],
  });
}
