import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { ModelTurn } from '../../platform/models/model.ts';
import type { PriceBasis } from '../../platform/models/prices.ts';
import { DELTA_CHANNEL, type RunEvent } from '../events/event.ts';
import type { CallResult, ClaimedNode } from './claim.ts';
import { eventsAsJson } from './event.ts';

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
  /** Why the call must not run, from the recorded turn. */
  fault?: string | undefined;
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

/** Lists the recorded turns of a node up to a turn, oldest first. */
export async function listNodeTurns(queryable: Queryable, nodeId: string, last: number): Promise<TurnRow[]> {
  return queryable.query<TurnRow>({
    name: 'list_node_turns',
    text: 'select turn, response from model_turns where node_id = $1 and turn <= $2 order by turn',
    values: [nodeId, last],
  });
}

/** Lists the tool calls of a node up to a turn, in the order in which the model made them. */
export async function listNodeCalls(
  queryable: Queryable,
  nodeId: string,
  last: number,
): Promise<(ToolCallRow & { completed_at: string | null })[]> {
  return queryable.query<ToolCallRow & { completed_at: string | null }>({
    name: 'list_node_calls',
    text: `select turn, call_index, call_id, name, arguments, status, output, is_error, attempts, started_at, completed_at
      from tool_calls where node_id = $1 and turn <= $2 order by turn, call_index`,
    values: [nodeId, last],
  });
}

/**
 * Inserts a model's answer, once per (node, turn), with the calls that are to run, before any of them runs; appends the
 * events and books the call. It is the first statement of its transaction and checks the fence, as `hold_node` does. A
 * second answer to the same turn fails the transaction. Returns rows of TurnTask for nodes that waited for the money
 * that the booking releases.
 */
export function insertTurn(
  node: ClaimedNode,
  events: readonly RunEvent[],
  turn: {
    response: ModelTurn;
    cost: string;
    price: PriceBasis;
    durationMs: number;
    calls: ModelTurn['tool_calls'];
    booking: { reference: string; reservation: string | undefined };
    /** The end of the answer's text for live streams. */
    deltas: readonly string[];
  },
): Statement {
  const { usage } = turn.response;
  return {
    name: 'record_turn',
    text: `select task_name, step, payload from record_turn($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
      $19, $20)`,
    values: [
      node.run_id,
      node.id,
      node.fence,
      eventsAsJson(events),
      node.turn,
      node.provider,
      node.model,
      JSON.stringify(turn.response),
      turn.durationMs,
      JSON.stringify(turn.calls),
      turn.booking.reference,
      usage.input_tokens,
      usage.output_tokens,
      usage.cached_tokens,
      turn.cost,
      usage.estimated ?? false,
      turn.price,
      turn.booking.reservation,
      DELTA_CHANNEL,
      turn.deltas,
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

/**
 * Records a call's result once and appends its events. It is the first statement of its transaction and checks the
 * fence, as `hold_node` does. `startsTurn`: the claim goes on with the node's next turn.
 */
export function recordCall(
  node: ClaimedNode,
  events: readonly RunEvent[],
  { turn, callIndex, output, isError }: CallResult,
  startsTurn: boolean,
): Statement {
  return {
    name: 'record_call',
    text: 'select record_call($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    values: [node.run_id, node.id, node.fence, eventsAsJson(events), turn, callIndex, output, isError, startsTurn],
  };
}

/** Records a call's result once: a completed call does not change. */
export function updateToolCallCompleted(nodeId: string, { turn, callIndex, output, isError }: CallResult): Statement {
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
