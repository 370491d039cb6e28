import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { environment } from '../../platform/environment.ts';
import { ENGINE_VERSION } from '../engine-version.ts';
import type { Graph } from '../planning/graph.ts';
import type { RunEnd } from '../planning/next-moves.ts';
import { type RunKind, type RunStatus, SettleRun } from '../run.ts';
import { BRIEFLY } from './slot.ts';

interface TenantForStart {
  worker_config: unknown;
  max_concurrent_sprints: number;
  allowed_hosts: string[];
}

/** The runs of a tenant that have not ended, by what they hold. */
export interface RunsUnderWay {
  active: number;
  asking: number;
  /** Answers of the chat, single calls, agents and councils, which take no slot. */
  quick: number;
}

/**
 * Returns the tenant's limits and settings and locks the tenant until the transaction ends, so that concurrent starts
 * count one after the other. `active` are the runs that hold a slot, `asking` those that wait for a person. Inserts
 * of rows that refer to the tenant do not wait for this lock.
 */
export async function findTenantForStart(queryable: Queryable): Promise<TenantForStart & RunsUnderWay> {
  const [tenant] = await queryable.query<TenantForStart>({
    name: 'lock_tenant_for_start',
    text: `select worker_config, least(max_concurrent_sprints, $1) as max_concurrent_sprints, allowed_hosts,
        ${BRIEFLY}
      from tenants where id = current_tenant_id() for no key update`,
    values: [environment.MAX_CONCURRENT_RUNS],
  });
  // A separate statement, so that it sees the runs of the transaction that held the lock before.
  const [counted] = await queryable.query<RunsUnderWay>({
    name: 'count_active_runs',
    text: `select count(*) filter (where status <> 'waiting_input' and kind in ('run', 'sprint')) as active,
        count(*) filter (where status = 'waiting_input' and kind in ('run', 'sprint')) as asking,
        count(*) filter (where kind not in ('run', 'sprint')) as quick
      from sessions where tenant_id = current_tenant_id() and status in ('queued', 'running', 'waiting_input')
        and admitted_at is not null`,
  });
  if (tenant === undefined || counted === undefined) throw new Error('The tenant of the caller does not exist');
  return { ...tenant, ...counted };
}

/** What a run is started with. A replay starts a new run with the settings of the original. */
export interface RunSettings {
  kind: RunKind;
  query: string;
  team: readonly string[];
  agent_type?: string | null | undefined;
  github_repo?: string | null | undefined;
  budget_usd?: number | string | null | undefined;
  allowed_hosts?: readonly string[] | undefined;
}

/** The columns of `sessions` that hold the settings, with the expression that reads each. */
const SETTINGS: Record<keyof RunSettings, string> = {
  kind: 'kind',
  query: 'query',
  team: 'team',
  agent_type: 'agent_type',
  github_repo: 'github_repo',
  budget_usd: 'budget_usd::text',
  allowed_hosts: 'allowed_hosts',
};
const SETTING_NAMES = Object.keys(SETTINGS) as (keyof RunSettings)[]; // Object.keys answers string[].
const INSERT_RUN = `insert into sessions (id, tenant_id, user_id, graph_data, model_used, engine_version, replay_of, replay_from, admitted_at,
    ${SETTING_NAMES.join(', ')})
  values ($1, current_tenant_id(), current_user_id(), $2, $3, $4, $5, $6, case when $7 then now() end,
    ${SETTING_NAMES.map((_, index) => `$${index + 8}`).join(', ')})`;
const FIND_RUN_FOR_REPLAY = `select status, graph_data, ${Object.entries(SETTINGS)
  .map(([name, sql]) => `${sql} as ${name}`)
  .join(', ')} from sessions where id = $1`;

/** Inserts a run of the caller's tenant and user. */
export function insertRun(run: {
  id: string;
  settings: RunSettings;
  graph: Graph;
  modelUsed: string;
  /**
   * For a replay: the run that it repeats and from where. A replay waits for a slot; other runs take theirs at once.
   */
  replay?: { of: string; from: string | undefined };
}): Statement {
  const settings = { ...run.settings, allowed_hosts: run.settings.allowed_hosts ?? [] };
  return {
    name: 'insert_run',
    text: INSERT_RUN,
    values: [
      run.id,
      JSON.stringify(run.graph),
      run.modelUsed,
      ENGINE_VERSION,
      run.replay?.of,
      run.replay?.from,
      run.replay === undefined,
      ...SETTING_NAMES.map((name) => settings[name]),
    ],
  };
}

export interface RunForReplay extends RunSettings {
  status: RunStatus;
  graph_data: unknown;
}

/** Returns what a replay takes from the run that it repeats, or undefined. */
export async function findRunForReplay(queryable: Queryable, id: string): Promise<RunForReplay | undefined> {
  const [row] = await queryable.query<RunForReplay>({
    name: 'find_run_for_replay',
    text: FIND_RUN_FOR_REPLAY,
    values: [id],
  });
  return row;
}

export interface RunState {
  tenant_id: string;
  status: RunStatus;
  event_seq: number;
}

/** Returns a run's status and the number of its last event, or undefined. */
export async function findRunStatus(queryable: Queryable, id: string): Promise<RunState | undefined> {
  const [row] = await queryable.query<RunState>({
    name: 'find_run_status',
    text: 'select tenant_id, status, event_seq from sessions where id = $1',
    values: [id],
  });
  return row;
}

/**
 * Locks a run. It is the first statement of every transaction that changes a run or its nodes, so that they lock in one
 * order, cannot deadlock, and see all earlier changes.
 */
export function lockRun(runId: string): Statement {
  return { name: 'lock_run', text: `select ${BRIEFLY} from sessions where id = $1 for no key update`, values: [runId] };
}

interface RunToSettle {
  status: RunStatus;
  kind: RunKind;
  graph_data: unknown;
  user_id: string;
  query: string;
  event_seq: number;
  engine_version: number;
  admitted: boolean;
  paused: boolean;
}

/** Returns the run to settle and locks it, so that concurrent settlings decide one after the other. */
export async function findRunForSettling(queryable: Queryable, id: string): Promise<RunToSettle | undefined> {
  const [row] = await queryable.query<RunToSettle>({
    name: 'lock_run_for_settling',
    text: `select status, kind, graph_data, user_id, query, event_seq, engine_version, admitted_at is not null as admitted,
        paused_at is not null as paused,
        ${BRIEFLY}
      from sessions where id = $1 for update`,
    values: [id],
  });
  return row;
}

/**
 * Sets the run's status from its nodes: it waits for input when a node does and no node is at work. A run whose first
 * node was never claimed stays queued.
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

/**
 * Ends a run that has not ended; a cancelled or cost-exceeded run is never overwritten. Returns whether this call ended
 * it.
 */
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

/** Pauses or resumes a run that has not ended. Returns the number of its last event if this call changed it. */
export async function updateRunPaused(queryable: Queryable, id: string, paused: boolean): Promise<number | undefined> {
  const [row] = await queryable.query<{ event_seq: number }>({
    name: 'update_run_paused',
    text: `update sessions set paused_at = case when $2 then clock_timestamp() end
      where id = $1 and status in ('queued', 'running', 'waiting_input') and (paused_at is not null) <> $2 returning event_seq`,
    values: [id, paused],
  });
  return row?.event_seq;
}

/** Cancels a run that has not ended. Returns whether this call cancelled it. */
export async function updateRunCancelled(queryable: Queryable, id: string): Promise<boolean> {
  const rows = await queryable.query({
    name: 'update_run_cancelled',
    text: `update sessions set status = 'cancelled', completed_at = clock_timestamp(), reserved = 0
      where id = $1 and status in ('queued', 'running', 'waiting_input') returning id`,
    values: [id],
  });
  return rows.length > 0;
}

/** Lists runs of all tenants whose settling was lost, with the definer function `list_unsettled_runs`. */
export async function listUnsettledRuns(
  system: Queryable,
  graceSeconds: number,
  limit: number,
): Promise<{ tenant_id: string; run_id: string }[]> {
  return system.query({
    name: 'list_unsettled_runs',
    text: 'select tenant_id, run_id from list_unsettled_runs(make_interval(secs => $1::float8), $2, $3, $4, $5)',
    values: [graceSeconds, limit, ENGINE_VERSION, ENGINE_VERSION, SettleRun.step],
  });
}

/** Returns the engine version of a run that has not ended, or undefined. */
export async function findEngineVersion(queryable: Queryable, id: string): Promise<number | undefined> {
  const [row] = await queryable.query<{ engine_version: number }>({
    name: 'find_engine_version',
    text: `select engine_version from sessions where id = $1 and status in ('queued', 'running', 'waiting_input')`,
    values: [id],
  });
  return row?.engine_version;
}
