import type { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import type { NodeStatus } from '../../runs/planning/graph.ts';
import type { Agent, AgentResult, AgentTree } from '../agent.ts';

/** Agents as the API shows them: `a` is a row of `agents`, `n` its row of `run_nodes`, `s` the row of their run. */

type AgentRow = z.input<typeof Agent>;

/** How many events of a run are searched for the last one of an agent, so that a long run is read fast, too. */
const SEARCHED_EVENTS = 400;

const AGENT: Record<keyof AgentRow, string> = {
  id: 'a.id',
  run_id: 'a.run_id',
  node_id: 'n.name',
  root_id: 'a.root_id',
  parent_id: 'a.parent_id',
  depth: 'a.depth',
  agent_type: 'a.agent_type',
  task: 'a.task',
  status: 'n.status',
  model: `n.provider || '/' || n.model`,
  turns: 'n.turn',
  cost_usd: 'trim_scale(n.cost)::text',
  tokens: `jsonb_build_object('input', n.input_tokens, 'output', n.output_tokens, 'cached', n.cached_tokens,
    'total', n.input_tokens + n.output_tokens)`,
  children: `(select count(*)::integer from agents c where c.tenant_id = a.tenant_id and c.parent_id = a.id)`,
  activity: `(select left(e.message, 200) from run_events e where e.tenant_id = a.tenant_id and e.run_id = a.run_id
    and e.seq > s.event_seq - ${SEARCHED_EVENTS} and e.data ->> 'node' = n.name order by e.seq desc limit 1)`,
  error: 'n.error',
  created_at: 'a.created_at',
  started_at: 'n.started_at',
  completed_at: 'n.completed_at',
};
const SELECT_AGENT = `select ${Object.entries(AGENT)
  .map(([name, sql]) => `${sql} as ${name}`)
  .join(', ')}
  from agents a join run_nodes n on n.id = a.node_id join sessions s on s.id = a.run_id`;

/** Returns an agent of the tenant, or undefined. */
export async function findAgent(queryable: Queryable, id: string): Promise<AgentRow | undefined> {
  const [row] = await queryable.query<AgentRow>({
    name: 'find_agent',
    text: `${SELECT_AGENT} where a.tenant_id = current_tenant_id() and a.id = $1`,
    values: [id],
  });
  return row;
}

/** Lists all agents of a run in the order in which they were spawned. */
export async function listAgentsOfRun(queryable: Queryable, runId: string): Promise<AgentRow[]> {
  return queryable.query<AgentRow>({
    name: 'list_agents_of_run',
    text: `${SELECT_AGENT} where a.tenant_id = current_tenant_id() and a.run_id = $1 order by n.position`,
    values: [runId],
  });
}

export interface AgentFilter {
  /** Undefined: the roots. */
  parentId?: string | undefined;
  status?: NodeStatus | undefined;
  agentType?: string | undefined;
  /** A part of the task; case is ignored. */
  text?: string | undefined;
  runId?: string | undefined;
}

/** Lists a page of roots, or of the agents that one agent has spawned, newest first. */
export async function listAgents(
  queryable: Queryable,
  { parentId, status, agentType, text, runId }: AgentFilter,
  page: { limit: number; before: { created_at: string; id: string } | undefined },
): Promise<AgentRow[]> {
  return queryable.query<AgentRow>({
    name: 'list_agents',
    text: `${SELECT_AGENT} where a.tenant_id = current_tenant_id()
        and (a.parent_id = $1 or $1::text is null and a.parent_id is null)
        and ($2::text is null or n.status = $2) and ($3::text is null or a.agent_type = $3)
        and ($7::text is null or a.run_id = $7) and ($8::text is null or strpos(lower(a.task), lower($8)) > 0)
        and ($4::timestamptz is null or (a.created_at, a.id) < ($4, $5))
      order by a.created_at desc, a.id desc limit $6`,
    values: [parentId, status, agentType, page.before?.created_at, page.before?.id, page.limit, runId, text],
  });
}

/** Returns what a tree has cost and its budget. */
export async function findTreeCost(
  queryable: Queryable,
  runId: string,
): Promise<Pick<z.input<typeof AgentTree>, 'spent_usd' | 'budget_usd'> | undefined> {
  const [row] = await queryable.query<Pick<z.input<typeof AgentTree>, 'spent_usd' | 'budget_usd'>>({
    name: 'find_tree_cost',
    text: `select trim_scale(cost)::text as spent_usd, trim_scale(budget_usd)::text as budget_usd from sessions
      where id = $1`,
    values: [runId],
  });
  return row;
}

/** Returns what an agent has answered, or undefined when there is no such agent. */
export async function findAgentResult(
  queryable: Queryable,
  id: string,
): Promise<z.input<typeof AgentResult> | undefined> {
  const [row] = await queryable.query<z.input<typeof AgentResult>>({
    name: 'find_agent_result',
    text: `select a.id, n.status, n.result, n.error from agents a join run_nodes n on n.id = a.node_id
      where a.tenant_id = current_tenant_id() and a.id = $1`,
    values: [id],
  });
  return row;
}
