import { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import type { Question } from '../question.ts';
import type { RunStatus } from '../run.ts';
import {
  type CostLine,
  Run,
  RunNode,
  type RunSummary,
  type Sprint,
  type SprintSummary,
  type WorkerState,
} from '../run-view.ts';

/**
 * SQL expressions for the views in `run-view.ts`: `s` is a row of `sessions`, `n` a row of `run_nodes`, `q` a row of
 * `run_questions`.
 */
type Columns<View extends z.ZodType> = Record<keyof z.input<View>, string>;

/** A node as it is stored: `max_turns` is in the file of its worker. */
const StoredNode = RunNode.omit({ max_turns: true });
const StoredRun = Run.extend({ graph: Run.shape.graph.extend({ nodes: z.array(StoredNode) }) });
export type RunRow = z.input<typeof StoredRun>;
export type SprintRow = z.input<typeof Sprint>;
type SprintSummaryRow = z.input<typeof SprintSummary>;

const tokensOf = (
  alias: string,
) => `jsonb_build_object('input', ${alias}.input_tokens, 'output', ${alias}.output_tokens,
  'cached', ${alias}.cached_tokens, 'total', ${alias}.input_tokens + ${alias}.output_tokens)`;
/** A timestamp inside a JSON object, in the format that columns have. */
const timeOf = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const objectOf = (columns: Record<string, string>) =>
  `jsonb_build_object(${Object.entries(columns)
    .map(([name, sql]) => `'${name}', ${sql}`)
    .join(', ')})`;
const selectOf = (columns: Record<string, string>) =>
  Object.entries(columns)
    .map(([name, sql]) => `${sql} as ${name}`)
    .join(', ');

const nodeColumns = {
  worker: 'n.worker',
  status: 'n.status',
  provider: 'n.provider',
  model: 'n.model',
  turns: 'n.turn',
  attempts: 'n.attempts',
  tokens: tokensOf('n'),
  cost_usd: 'trim_scale(n.cost)::text',
  result: 'n.result',
  error: 'n.error',
  started_at: timeOf('n.started_at'),
  completed_at: timeOf('n.completed_at'),
};
const WORKER: Columns<typeof WorkerState> = { name: 'n.name', ...nodeColumns };
/** `d.node` is the node's definition in the graph. */
const NODE: Columns<typeof StoredNode> = {
  id: 'n.name',
  ...nodeColumns,
  // A kept node is copied with its times.
  is_kept: 'coalesce(s.replay_of is not null and n.completed_at < s.created_at, false)',
  depends_on: 'to_jsonb(n.depends_on)',
  instruction: 'n.instruction',
  reads: `coalesce(d.node -> 'reads', '[]')`,
  writes: `coalesce(d.node -> 'writes', '[]')`,
};
const QUESTION: Columns<typeof Question> = {
  id: 'q.id',
  node_id: 'n.name',
  kind: 'q.kind',
  text: 'q.text',
  options: 'to_jsonb(q.options)',
  tool: 'q.tool',
  arguments: 'q.arguments',
  details: 'q.details',
  fingerprint: 'q.fingerprint',
  created_at: timeOf('q.created_at'),
  expires_at: timeOf('q.expires_at'),
};

/** `l` is a group of ledger lines. */
const COST_LINE: Columns<typeof CostLine> = {
  worker: 'l.worker',
  kind: 'l.kind',
  provider: 'l.provider',
  model: 'l.model',
  price: 'l.price',
  calls: 'l.calls',
  estimated_calls: 'l.estimated_calls',
  tokens: tokensOf('l'),
  cost_usd: 'trim_scale(l.cost)::text',
};
const COSTS = `(select coalesce(jsonb_agg(${objectOf(COST_LINE)} order by l.position nulls last, l.kind, l.provider, l.model, l.price), '[]')
  from (select n.name as worker, n.position, u.kind, u.provider, u.model, u.price, count(*) as calls,
      count(*) filter (where u.estimated) as estimated_calls, sum(u.input_tokens) as input_tokens,
      sum(u.output_tokens) as output_tokens, sum(u.cached_tokens) as cached_tokens, sum(u.cost) as cost
    from usage_ledger u left join run_nodes n on n.id = u.node_id
    where u.tenant_id = s.tenant_id and u.run_id = s.id
    group by n.name, n.position, u.kind, u.provider, u.model, u.price) l)`;

/** What is set aside for calls under way, as `reserve_call` counts it. */
const RESERVED = `(select trim_scale(s.reserved + coalesce(sum(r.amount), 0))::text from call_reservations r
  where r.tenant_id = s.tenant_id and r.run_id = s.id and r.written_off_at is null)`;

const runColumns = {
  id: 's.id',
  status: 's.status',
  budget_usd: 'trim_scale(s.budget_usd)::text',
  cost_usd: 'trim_scale(s.cost)::text',
  tokens: tokensOf('s'),
  error: 's.error',
  scripted: `coalesce(s.model_used like 'rehearsal/%', false)`,
  created_at: 's.created_at',
  started_at: 's.started_at',
  completed_at: 's.completed_at',
};
const RUN_SUMMARY: Columns<typeof RunSummary> = {
  ...runColumns,
  kind: 's.kind',
  query: 's.query',
  agent_type: 's.agent_type',
  replay_of: 's.replay_of',
  started_by: `jsonb_build_object('user_id', s.user_id, 'name',
    (select u.display_name from users u where u.id = s.user_id and u.tenant_id = s.tenant_id))`,
  open_questions: `(select count(*)::integer from run_questions q where q.run_id = s.id and q.tenant_id = s.tenant_id
    and q.status = 'open')`,
  result: 'left(s.result, 200)',
};
export const RUN_SUMMARY_COLUMNS = selectOf(RUN_SUMMARY);
const RUN: Columns<typeof Run> = {
  ...RUN_SUMMARY,
  reserved_usd: RESERVED,
  result: 's.result',
  event_seq: 's.event_seq',
  github_repo: 's.github_repo',
  allowed_hosts: 's.allowed_hosts',
  confidence: `(s.graph_data ->> 'confidence')::float8`,
  ambiguities: `coalesce(s.graph_data -> 'ambiguities', '[]')`,
  costs: COSTS,
  questions: `(select coalesce(jsonb_agg(${objectOf(QUESTION)} order by q.created_at, q.id), '[]')
    from run_questions q join run_nodes n on n.id = q.node_id where q.run_id = s.id and q.status = 'open')`,
  graph: `jsonb_build_object('edges', s.graph_data -> 'edges', 'nodes', (select coalesce(jsonb_agg(${objectOf(NODE)} order by n.position), '[]')
    from run_nodes n left join jsonb_array_elements(s.graph_data -> 'nodes') as d (node) on d.node ->> 'name' = n.name
    where n.run_id = s.id))`,
};
const SPRINT_SUMMARY: Columns<typeof SprintSummary> = {
  ...runColumns,
  task: 's.query',
  team: 's.team',
  github_repo: 's.github_repo',
};
const SPRINT: Columns<typeof Sprint> = {
  ...SPRINT_SUMMARY,
  result: 's.result',
  costs: COSTS,
  workers: `(select coalesce(jsonb_agg(${objectOf(WORKER)} order by n.position), '[]') from run_nodes n where n.run_id = s.id)`,
  graph: `jsonb_build_object('edges', s.graph_data -> 'edges', 'nodes',
    (select coalesce(jsonb_agg(jsonb_build_object('id', n.name, 'worker', n.worker, 'status', n.status) order by n.position), '[]')
     from run_nodes n where n.run_id = s.id))`,
};

const FIND_RUN = `select ${selectOf(RUN)} from sessions s where s.id = $1`;
const FIND_SPRINT = `select ${selectOf(SPRINT)} from sessions s where s.id = $1 and s.kind = 'sprint'`;

/** Returns a run of any kind with its graph and its open questions, or undefined. */
export async function findRunById(queryable: Queryable, id: string): Promise<RunRow | undefined> {
  const [row] = await queryable.query<RunRow>({ name: 'find_run_by_id', text: FIND_RUN, values: [id] });
  return row;
}

/** Returns a sprint with its workers and its graph, or undefined. */
export async function findSprintById(queryable: Queryable, id: string): Promise<SprintRow | undefined> {
  const [row] = await queryable.query<SprintRow>({ name: 'find_sprint_by_id', text: FIND_SPRINT, values: [id] });
  return row;
}

interface SprintPage {
  limit: number;
  /** The last run of the page before. */
  before: { created_at: string; id: string } | undefined;
  status?: RunStatus | undefined;
}

const PAGE = `from sessions s
  where s.tenant_id = current_tenant_id() and ($2::timestamptz is null or (s.created_at, s.id) < ($2, $3))
    and ($4::text is null or s.status = $4) and s.kind = 'sprint'
  order by s.created_at desc, s.id desc limit $1`;
const LIST_SPRINTS = `select ${selectOf(SPRINT_SUMMARY)} ${PAGE}`;

/** Lists a page of the tenant's sprints, newest first. */
export async function listSprints(queryable: Queryable, page: SprintPage): Promise<SprintSummaryRow[]> {
  return queryable.query<SprintSummaryRow>({
    name: 'list_sprints',
    text: LIST_SPRINTS,
    values: [page.limit, page.before?.created_at, page.before?.id, page.status],
  });
}
