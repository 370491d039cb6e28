import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { ModelTurn } from '../../platform/models/model.ts';

export interface TurnRow {
  turn: number;
  response: unknown;
}

export interface ToolCallRow {
  turn: number;
  call_index: number;
  call_id: string;
  name: string;
  arguments: Record<string, unknown>;
  status: 'started' | 'waiting' | 'completed';
  output: string | null;
  is_error: boolean;
  attempts: number;
  started_at: string;
}

/** Lists the recorded turns of a node, oldest first. */
export function listTurns(nodeId: string): Statement {
  return {
    name: 'list_turns',
    text: 'select turn, response from model_turns where node_id = $1 order by turn',
    values: [nodeId],
  };
}

/** Lists the tool calls of a node in the order in which the model made them. */
export function listToolCalls(nodeId: string): Statement {
  return {
    name: 'list_tool_calls',
    text: `select turn, call_index, call_id, name, arguments, status, output, is_error, attempts, started_at from tool_calls
      where node_id = $1 order by turn, call_index`,
    values: [nodeId],
  };
}

/**
 * Inserts a model's answer, once per (node, turn), with the calls that are to run, before any of them runs. A second
 * answer to the same turn fails the transaction.
 */
export function insertTurn(turn: {
  nodeId: string;
  runId: string;
  turn: number;
  provider: string;
  model: string;
  response: ModelTurn;
  cost: string;
  durationMs: number;
  calls: ModelTurn['tool_calls'];
}): Statement {
  return {
    name: 'insert_turn',
    text: `with recorded as (
        insert into model_turns (node_id, turn, tenant_id, run_id, provider, model, response, cost, duration_ms)
        values ($1, $2, current_tenant_id(), $3, $4, $5, $6, $7, $8))
      insert into tool_calls (node_id, turn, call_index, tenant_id, run_id, call_id, name, arguments, status, attempts)
      select $1, $2, c.position - 1, current_tenant_id(), $3, c.call ->> 'id', c.call ->> 'name', c.call -> 'arguments', 'started', 0
      from jsonb_array_elements($9::jsonb) with ordinality as c (call, position)`,
    values: [
      turn.nodeId,
      turn.turn,
      turn.runId,
      turn.provider,
      turn.model,
      JSON.stringify(turn.response),
      turn.cost,
      turn.durationMs,
      JSON.stringify(turn.calls),
    ],
  };
}

/** Counts an attempt of a call before it runs. */
export function updateToolCallTried(nodeId: string, turn: number, callIndex: number): Statement {
  return {
    name: 'update_tool_call_tried',
    text: `update tool_calls set attempts = attempts + 1, started_at = clock_timestamp()
      where node_id = $1 and turn = $2 and call_index = $3 and status <> 'completed'`,
    values: [nodeId, turn, callIndex],
  };
}

/** Records a call's result once: a completed call does not change. */
export function updateToolCallCompleted(
  nodeId: string,
  turn: number,
  callIndex: number,
  output: string,
  isError: boolean,
): Statement {
  return {
    name: 'update_tool_call_completed',
    text: `update tool_calls set status = 'completed', output = $4, is_error = $5, completed_at = clock_timestamp()
      where node_id = $1 and turn = $2 and call_index = $3 and status <> 'completed'`,
    values: [nodeId, turn, callIndex, output, isError],
  };
}

/** Marks a call as waiting; it is repeated in the node's next turn task. */
export function updateToolCallWaiting(nodeId: string, turn: number, callIndex: number): Statement {
  return {
    name: 'update_tool_call_waiting',
    text: `update tool_calls set status = 'waiting' where node_id = $1 and turn = $2 and call_index = $3 and status = 'started'`,
    values: [nodeId, turn, callIndex],
  };
}

/** Counts a node's failed calls of a tool. */
export async function countFailedCalls(queryable: Queryable, nodeId: string, name: string): Promise<number> {
  const [row] = await queryable.query<{ failed: number }>({
    name: 'count_failed_calls',
    text: `select count(*) as failed from tool_calls where node_id = $1 and name = $2 and status = 'completed' and is_error`,
    values: [nodeId, name],
  });
  return row?.failed ?? 0;
}
