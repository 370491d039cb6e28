import type { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import type { RunStatus } from '../run.ts';
import type { Run, RunSummary } from '../run-view.ts';

export type RunRow = z.input<typeof Run>;
export type RunSummaryRow = z.input<typeof RunSummary>;

const tokensOf = (
  alias: string,
) => `jsonb_build_object('input', ${alias}.input_tokens, 'output', ${alias}.output_tokens,
  'cached', ${alias}.cached_tokens, 'total', ${alias}.input_tokens + ${alias}.output_tokens)`;
const timeOf = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const SUMMARY_COLUMNS = `s.id, s.kind, s.status, s.query, s.agent_type, trim_scale(s.budget_usd)::text as budget_usd,
  trim_scale(s.cost)::text as cost_usd, ${tokensOf('s')} as tokens, s.error, s.replay_of,
  coalesce(s.model_used like 'rehearsal/%', false) as scripted, s.created_at, s.started_at, s.completed_at`;

/** A node with its part of the graph's definition. */
const NODE_OBJECT = `jsonb_build_object('id', n.name, 'worker', n.worker, 'status', n.status, 'depends_on', to_jsonb(n.depends_on),
  'instruction', n.instruction, 'reads', coalesce(d.node -> 'reads', '[]'), 'writes', coalesce(d.node -> 'writes', '[]'),
  'provider', n.provider, 'model', n.model, 'turns', n.turn, 'attempts', n.attempts, 'tokens', ${tokensOf('n')},
  'cost_usd', trim_scale(n.cost)::text, 'result', n.result, 'error', n.error,
  'started_at', ${timeOf('n.started_at')}, 'completed_at', ${timeOf('n.completed_at')})`;

const QUESTION_OBJECT = `jsonb_build_object('id', q.id, 'node_id', n.name, 'kind', q.kind, 'text', q.text, 'options', to_jsonb(q.options),
  'tool', q.tool, 'arguments', q.arguments, 'details', q.details, 'created_at', ${timeOf('q.created_at')}, 'expires_at', ${timeOf('q.expires_at')})`;

/** One run of any kind with its graph and its open questions, or undefined. */
export async function findRunById(queryable: Queryable, id: string): Promise<RunRow | undefined> {
  const [row] = await queryable.query<RunRow>({
    name: 'find_run_by_id',
    text: `select ${SUMMARY_COLUMNS}, s.result, s.github_repo, s.allowed_hosts, (s.graph_data ->> 'confidence')::float8 as confidence,
        coalesce(s.graph_data -> 'ambiguities', '[]') as ambiguities,
        (select coalesce(jsonb_agg(${QUESTION_OBJECT} order by q.created_at, q.id), '[]')
          from run_questions q join run_nodes n on n.id = q.node_id where q.run_id = s.id and q.status = 'open') as questions,
        jsonb_build_object('edges', s.graph_data -> 'edges', 'nodes', (select coalesce(jsonb_agg(${NODE_OBJECT} order by n.position), '[]')
          from run_nodes n left join jsonb_array_elements(s.graph_data -> 'nodes') as d (node) on d.node ->> 'name' = n.name
          where n.run_id = s.id)) as graph
      from sessions s where s.id = $1`,
    values: [id],
  });
  return row;
}

export interface RunFilter {
  status?: RunStatus | undefined;
  kind?: 'run' | 'sprint' | undefined;
}

/** The newest runs of the tenant, newest first, from after a position. */
export async function listRuns(
  queryable: Queryable,
  page: { limit: number; before: { created_at: string; id: string } | undefined } & RunFilter,
): Promise<RunSummaryRow[]> {
  return queryable.query<RunSummaryRow>({
    name: 'list_runs',
    text: `select ${SUMMARY_COLUMNS} from sessions s
      where s.tenant_id = current_tenant_id() and ($2::timestamptz is null or (s.created_at, s.id) < ($2, $3))
        and ($4::text is null or s.status = $4) and ($5::text is null or s.kind = $5)
      order by s.created_at desc, s.id desc limit $1`,
    values: [page.limit, page.before?.created_at, page.before?.id, page.status, page.kind],
  });
}
