import type { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import type { TurnSummary } from '../turns/turn-view.ts';

/** Reads of recorded turns for the API. */

type TurnSummaryRow = z.input<typeof TurnSummary> & { node_id: string };

export interface TurnPosition {
  at: string;
  node_id: string;
  turn: number;
}

const usage = (name: string) => `coalesce((t.response -> 'usage' ->> '${name}')::bigint, 0)`;
/** `t` is a row of `model_turns`, `n` its node. */
const SUMMARY = `n.name as node, n.worker, t.turn, t.node_id, t.provider, t.model,
  case when c.open = 0 then 'completed' when n.status not in ('pending', 'running', 'waiting_input') then 'interrupted'
    when c.waiting > 0 or n.status = 'waiting_input' then 'waiting' else 'running' end as status,
  t.response ->> 'finish_reason' as finish_reason, t.response ->> 'fault' as fault,
  t.created_at - make_interval(secs => t.duration_ms / 1000.0) as started_at, t.created_at as completed_at, t.duration_ms,
  jsonb_build_object('input', ${usage('input_tokens')}, 'output', ${usage('output_tokens')},
    'cached', ${usage('cached_tokens')}, 'total', ${usage('input_tokens')} + ${usage('output_tokens')}) as tokens,
  trim_scale(t.cost)::text as cost_usd, jsonb_array_length(t.response -> 'tool_calls') as tool_calls,
  c.failed as failed_calls, left(t.response ->> 'text', 300) as text`;
/** Reads the answers of a page only: they are large, and the inner query needs none to find the page. */
const turnsOf = (page: string) => `select ${SUMMARY} from (
    select t.node_id, t.turn from model_turns t join run_nodes n on n.id = t.node_id
    where t.tenant_id = current_tenant_id() and t.run_id = $1 and ($2::text is null or n.name = $2) and ${page}) k
  join model_turns t on t.node_id = k.node_id and t.turn = k.turn join run_nodes n on n.id = t.node_id
  cross join lateral (select count(*) filter (where status <> 'completed')::integer as open,
      count(*) filter (where status = 'waiting')::integer as waiting, count(*) filter (where is_error)::integer as failed
    from tool_calls c where c.node_id = t.node_id and c.turn = t.turn) c`;
const KEY = 't.created_at, t.node_id, t.turn';
const OLDEST = `${turnsOf(`($3::timestamptz is null or (${KEY}) > ($3, $4, $5)) order by ${KEY} limit $6`)} order by ${KEY}`;
const NEWEST_KEY = 't.created_at desc, t.node_id desc, t.turn desc';
const NEWEST = `${turnsOf(
  `($3::timestamptz is null or (${KEY}) < ($3, $4, $5)) order by ${NEWEST_KEY} limit $6`,
)} order by ${NEWEST_KEY}`;

/** Lists recorded turns of a run's nodes by the time of their answer. */
export async function listTurnSummaries(
  queryable: Queryable,
  runId: string,
  page: { node: string | undefined; order: 'oldest' | 'newest'; from: TurnPosition | undefined; limit: number },
): Promise<TurnSummaryRow[]> {
  const isNewest = page.order === 'newest';
  return queryable.query<TurnSummaryRow>({
    name: isNewest ? 'list_newest_turns' : 'list_oldest_turns',
    text: isNewest ? NEWEST : OLDEST,
    values: [runId, page.node, page.from?.at, page.from?.node_id, page.from?.turn, page.limit],
  });
}

/** Returns the summary of one turn, or undefined. */
export async function findTurnSummary(
  queryable: Queryable,
  runId: string,
  node: string,
  turn: number,
): Promise<TurnSummaryRow | undefined> {
  const [row] = await queryable.query<TurnSummaryRow>({
    name: 'find_turn_summary',
    text: turnsOf('t.turn = $3'),
    values: [runId, node, turn],
  });
  return row;
}

interface TurnNode {
  id: string;
  worker: string;
  name: string;
  prompt: { system: string; text: string } | null;
  /** Whether the caller started the run. */
  is_own: boolean;
}

export async function findTurnNode(queryable: Queryable, runId: string, name: string): Promise<TurnNode | undefined> {
  const [row] = await queryable.query<TurnNode>({
    name: 'find_turn_node',
    text: `select n.id, n.worker, n.name, n.prompt, s.user_id = current_user_id() as is_own
      from run_nodes n join sessions s on s.id = n.run_id where n.run_id = $1 and n.name = $2`,
    values: [runId, name],
  });
  return row;
}

interface TurnEventRow {
  type: 'node_started' | 'tool_completed' | 'turn_postponed';
  message: string;
  data: Record<string, unknown>;
  created_at: string;
}

/** Lists the events that say more about a turn than its records, and the event of the node's start. */
export async function listTurnEvents(
  queryable: Queryable,
  runId: string,
  node: string,
  turn: number,
): Promise<TurnEventRow[]> {
  return queryable.query<TurnEventRow>({
    name: 'list_turn_events',
    text: `select type, message, data, created_at from run_events
      where run_id = $1 and type in ('node_started', 'tool_completed', 'turn_postponed') and data ->> 'node' = $2
        and (type = 'node_started' or data ->> 'turn' = $3::integer::text)
      order by seq`,
    values: [runId, node, turn],
  });
}

interface PaidAttempt {
  kind: 'turn' | 'attempt';
  tokens: { input: number; output: number; cached: number; total: number };
  cost_usd: string;
  created_at: string;
}

/** Lists what was paid for the attempts of a turn. A turn's ledger lines have references `<node>:<turn>:…`. */
export async function listPaidAttempts(
  queryable: Queryable,
  runId: string,
  nodeId: string,
  turn: number,
): Promise<PaidAttempt[]> {
  return queryable.query<PaidAttempt>({
    name: 'list_paid_attempts',
    text: `select kind, jsonb_build_object('input', input_tokens, 'output', output_tokens, 'cached', cached_tokens,
        'total', input_tokens + output_tokens) as tokens, trim_scale(cost)::text as cost_usd, created_at
      from usage_ledger where tenant_id = current_tenant_id() and run_id = $1 and kind in ('turn', 'attempt')
        and node_id = $2 and starts_with(reference, $2 || ':' || $3::integer || ':') order by id`,
    values: [runId, nodeId, turn],
  });
}

interface RememberedRow {
  id: string;
  text: string;
  source: string | null;
  trust: 'trusted' | 'untrusted';
}

/** Returns those of the facts that the caller may see, as they are today. */
export async function listRemembered(queryable: Queryable, ids: readonly string[]): Promise<RememberedRow[]> {
  return queryable.query<RememberedRow>({
    name: 'list_remembered',
    text: `select id, text, coalesce(source, source_kind) as source, trust from memories
      where tenant_id = current_tenant_id() and id = any ($1)`,
    values: [ids],
  });
}
