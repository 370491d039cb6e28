import type { z } from 'zod';
import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Graph } from '../graph.ts';
import type { RunEnd } from '../next-moves.ts';
import {
  ENGINE_VERSION,
  OLDEST_ENGINE_VERSION,
  type RunStatus,
  SettleRun,
  type Sprint,
  type SprintSummary,
} from '../run.ts';

export type SprintRow = z.input<typeof Sprint>;
export type SprintSummaryRow = z.input<typeof SprintSummary>;

const SUMMARY_COLUMNS = `s.id, s.status, s.query as task, s.team, s.github_repo, trim_scale(s.budget_usd)::text as budget_usd,
  trim_scale(s.cost)::text as cost_usd,
  jsonb_build_object('input', s.input_tokens, 'output', s.output_tokens, 'cached', s.cached_tokens, 'total', s.input_tokens + s.output_tokens) as tokens,
  s.error, coalesce(s.model_used like 'rehearsal/%', false) as scripted, s.created_at, s.started_at, s.completed_at`;

/** A worker of a run in the API's shape. */
const WORKER_OBJECT = `jsonb_build_object('name', n.name, 'worker', n.worker, 'status', n.status, 'provider', n.provider, 'model', n.model,
  'turns', n.turn, 'attempts', n.attempts,
  'tokens', jsonb_build_object('input', n.input_tokens, 'output', n.output_tokens, 'cached', n.cached_tokens, 'total', n.input_tokens + n.output_tokens),
  'cost_usd', trim_scale(n.cost)::text, 'result', n.result, 'error', n.error,
  'started_at', to_char(n.started_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'completed_at', to_char(n.completed_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))`;

export interface TenantForStart {
  worker_config: unknown;
  max_concurrent_sprints: number;
  allowed_hosts: string[];
}

/** The tenant's limits and wishes, locked until the transaction ends, so that two starts count one after the other; rows that refer to the tenant do not wait. */
export async function findTenantForStart(queryable: Queryable): Promise<TenantForStart & { active: number }> {
  const [tenant] = await queryable.query<TenantForStart>({
    name: 'lock_tenant_for_start',
    text: 'select worker_config, max_concurrent_sprints, allowed_hosts from tenants where id = current_tenant_id() for no key update',
  });
  // A statement of its own: it must see the runs of whoever held the lock before.
  const [counted] = await queryable.query<{ active: number }>({
    name: 'count_active_runs',
    text: `select count(*) as active from sessions where tenant_id = current_tenant_id()
      and status in ('queued', 'running', 'waiting_input') and admitted_at is not null`,
  });
  if (tenant === undefined || counted === undefined) throw new Error('The caller has no tenant');
  return { ...tenant, active: counted.active };
}

export function insertRun(run: {
  id: string;
  kind: 'sprint' | 'run';
  query: string;
  agentType?: string | undefined;
  team: readonly string[];
  githubRepo?: string | undefined;
  budgetUsd?: number | string | undefined;
  allowedHosts?: readonly string[] | undefined;
  /** A replay: which run it repeats, from which node, and whether it has its slot. */
  replay?: { of: string; from: string | undefined; admitted: boolean };
  graph: Graph;
  modelUsed: string;
  engineVersion: number;
}): Statement {
  return {
    name: 'insert_run',
    text: `insert into sessions (id, tenant_id, user_id, kind, query, team, github_repo, budget_usd, graph_data, model_used, engine_version,
        agent_type, allowed_hosts, replay_of, replay_from, admitted_at)
      values ($1, current_tenant_id(), current_user_id(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, case when $14 then now() end)`,
    values: [
      run.id,
      run.kind,
      run.query,
      run.team,
      run.githubRepo,
      run.budgetUsd,
      JSON.stringify(run.graph),
      run.modelUsed,
      run.engineVersion,
      run.agentType,
      run.allowedHosts ?? [],
      run.replay?.of,
      run.replay?.from,
      run.replay?.admitted ?? true,
    ],
  };
}

/** One sprint with its workers and its graph, or undefined. */
export async function findSprintById(queryable: Queryable, id: string): Promise<SprintRow | undefined> {
  const [row] = await queryable.query<SprintRow>({
    name: 'find_sprint_by_id',
    text: `select ${SUMMARY_COLUMNS}, s.result,
        (select coalesce(jsonb_agg(${WORKER_OBJECT} order by n.position), '[]') from run_nodes n where n.run_id = s.id) as workers,
        jsonb_build_object('edges', s.graph_data -> 'edges', 'nodes',
          (select coalesce(jsonb_agg(jsonb_build_object('id', n.name, 'worker', n.worker, 'status', n.status) order by n.position), '[]')
           from run_nodes n where n.run_id = s.id)) as graph
      from sessions s where s.id = $1 and s.kind = 'sprint'`,
    values: [id],
  });
  return row;
}

/** The newest sprints of the tenant, newest first, from after a position. */
export async function listSprints(
  queryable: Queryable,
  page: { limit: number; before: { created_at: string; id: string } | undefined; status: RunStatus | undefined },
): Promise<SprintSummaryRow[]> {
  return queryable.query<SprintSummaryRow>({
    name: 'list_sprints',
    text: `select ${SUMMARY_COLUMNS} from sessions s
      where s.kind = 'sprint' and s.tenant_id = current_tenant_id() and ($2::timestamptz is null or (s.created_at, s.id) < ($2, $3))
        and ($4::text is null or s.status = $4)
      order by s.created_at desc, s.id desc limit $1`,
    values: [page.limit, page.before?.created_at, page.before?.id, page.status],
  });
}

export interface RunState {
  tenant_id: string;
  status: RunStatus;
  event_seq: number;
}

/** A run's status and last event number, or undefined. */
export async function findRunStatus(queryable: Queryable, id: string): Promise<RunState | undefined> {
  const [row] = await queryable.query<RunState>({
    name: 'find_run_status',
    text: 'select tenant_id, status, event_seq from sessions where id = $1',
    values: [id],
  });
  return row;
}

/**
 * First statement of every transaction that changes a run or its nodes: they take their turns in one order, so workers, settlers and whoever cancels cannot
 * block each other in a circle, and each sees all that was done before.
 */
export function lockRun(runId: string): Statement {
  return { name: 'lock_run', text: 'select id from sessions where id = $1 for no key update', values: [runId] };
}

export interface RunToSettle {
  status: RunStatus;
  kind: 'sprint' | 'run';
  graph_data: unknown;
  user_id: string;
  query: string;
  event_seq: number;
  engine_version: number;
  admitted: boolean;
}

/** The run locked for settling: two settlers decide one after the other. */
export async function findRunForSettling(queryable: Queryable, id: string): Promise<RunToSettle | undefined> {
  const [row] = await queryable.query<RunToSettle>({
    name: 'lock_run_for_settling',
    text: `select status, kind, graph_data, user_id, query, event_seq, engine_version, admitted_at is not null as admitted
      from sessions where id = $1 for update`,
    values: [id],
  });
  return row;
}

/**
 * Makes the run's state follow from its nodes': it waits for input when one of them does and none is at work. A run whose first node nobody has claimed
 * stays queued.
 */
export function updateRunStatus(runId: string): Statement {
  return {
    name: 'update_run_status',
    text: `update sessions s set status = d.status
      from (select case when bool_or(n.status = 'running' or n.status = 'pending' and n.rung_at is not null) then 'running'
          when bool_or(n.status = 'waiting_input') then 'waiting_input' else 'running' end as status
        from run_nodes n where n.run_id = $1) d
      where s.id = $1 and s.status in ('running', 'waiting_input') and s.status <> d.status`,
    values: [runId],
  };
}

/** Ends a run that is not at an end; a cancelled or cost-exceeded run is never overwritten. Answers whether it ended now. */
export async function updateRunEnded(queryable: Queryable, id: string, end: RunEnd): Promise<boolean> {
  const rows = await queryable.query({
    name: 'update_run_ended',
    text: `update sessions set status = $2, result = $3, error = $4, completed_at = clock_timestamp(), reserved = 0,
        node_outputs = (select coalesce(jsonb_object_agg(name, result), '{}') from run_nodes where run_id = $1 and result is not null)
      where id = $1 and status in ('queued', 'running', 'waiting_input') returning id`,
    values: [id, end.status, end.result, end.status === 'completed' ? null : end.error],
  });
  return rows.length > 0;
}

/** Cancels a run that is not at an end. Answers whether it did. */
export async function updateRunCancelled(queryable: Queryable, id: string): Promise<boolean> {
  const rows = await queryable.query({
    name: 'update_run_cancelled',
    text: `update sessions set status = 'cancelled', completed_at = clock_timestamp(), reserved = 0
      where id = $1 and status in ('queued', 'running', 'waiting_input') returning id`,
    values: [id],
  });
  return rows.length > 0;
}

/** Deletes a run with all that hangs on it; its files' blobs may be others' too and stay. */
export function deleteRun(id: string): Statement {
  return { name: 'delete_run', text: 'delete from sessions where id = $1', values: [id] };
}

/** Runs of all tenants whose settling was lost; the definer function `list_unsettled_runs`. */
export async function listUnsettledRuns(
  system: Queryable,
  graceSeconds: number,
  limit: number,
): Promise<{ tenant_id: string; run_id: string }[]> {
  return system.query({
    name: 'list_unsettled_runs',
    text: 'select tenant_id, run_id from list_unsettled_runs(make_interval(secs => $1::float8), $2, $3, $4, $5)',
    values: [graceSeconds, limit, OLDEST_ENGINE_VERSION, ENGINE_VERSION, SettleRun.step],
  });
}

/** The engine that wrote a run that is not at an end, or undefined. */
export async function findEngineVersion(queryable: Queryable, id: string): Promise<number | undefined> {
  const [row] = await queryable.query<{ engine_version: number }>({
    name: 'find_engine_version',
    text: `select engine_version from sessions where id = $1 and status in ('queued', 'running', 'waiting_input')`,
    values: [id],
  });
  return row?.engine_version;
}
