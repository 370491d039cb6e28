import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { RunStatus } from '../run.ts';

/** Copies the state and results of nodes. Their tokens and cost stay with the original run. */
export function copyNodes(fromRun: string, toRun: string, names: readonly string[]): Statement {
  return {
    name: 'copy_nodes',
    text: `update run_nodes n set status = o.status, result = o.result, error = o.error, rung_at = o.rung_at, started_at = o.started_at,
        completed_at = o.completed_at, provider = o.provider, model = o.model
      from run_nodes o where o.run_id = $1 and n.run_id = $2 and o.name = n.name and n.name = any ($3)`,
    values: [fromRun, toRun, names],
  };
}

/** Copies the file entries; contents are addressed by their hash and shared. */
export function copyFiles(fromRun: string, toRun: string): Statement {
  return {
    name: 'copy_files',
    // Keeps the blobs until the transaction ends: the other run may be deleted meanwhile.
    text: `with kept as (
        select b.sha256 from run_blobs b join run_files f on f.tenant_id = b.tenant_id and f.sha256 = b.sha256
        where f.run_id = $1 for key share of b)
      insert into run_files (run_id, path, tenant_id, sha256, size, mode, version, updated_by, updated_at)
      select $2, path, tenant_id, sha256, size, mode, version, updated_by, updated_at from run_files where run_id = $1`,
    values: [fromRun, toRun],
  };
}

/** Copies the messages of kept nodes. Those to a node that runs again count as not delivered. */
export function copyMessages(fromRun: string, toRun: string, keptNodes: readonly string[]): Statement {
  return {
    name: 'copy_messages',
    text: `insert into run_messages (tenant_id, run_id, from_worker, to_worker, content, sent_by, delivered_at, created_at)
      select m.tenant_id, $2, m.from_worker, m.to_worker, m.content, m.sent_by,
        case when exists (select from run_nodes r where r.run_id = $1 and r.worker = m.to_worker and r.name <> all ($3)) then null else m.delivered_at end,
        m.created_at
      from run_messages m
      where m.run_id = $1 and split_part(m.sent_by, ':', 1) in (select n.id from run_nodes n where n.run_id = $1 and n.name = any ($3))
      order by m.id`,
    values: [fromRun, toRun, keptNodes],
  };
}

/**
 * Counts the replays of a run, the replays that led to it (at most `deepest`), and the tenant's runs that wait for a
 * slot.
 */
export async function countReplays(
  queryable: Queryable,
  runId: string,
  deepest: number,
): Promise<{ replays: number; depth: number; waiting: number }> {
  const [row] = await queryable.query<{ replays: number; depth: number; waiting: number }>({
    name: 'count_replays',
    text: `with recursive origins (id, depth) as (
        select s.replay_of, 1 from sessions s where s.id = $1 and s.replay_of is not null
        union all
        select s.replay_of, o.depth + 1 from origins o join sessions s on s.id = o.id
          where s.replay_of is not null and o.depth < $2)
      select (select count(*) from sessions r where r.tenant_id = current_tenant_id() and r.replay_of = $1) as replays,
        (select count(*) from origins) as depth,
        (select count(*) from sessions w where w.tenant_id = current_tenant_id() and w.admitted_at is null
          and w.status in ('queued', 'running', 'waiting_input')) as waiting`,
    values: [runId, deepest],
  });
  if (row === undefined) throw new Error(`The replays of ${runId} were not counted`);
  return row;
}

interface ReplayFilter {
  statuses: readonly RunStatus[];
  kind: 'sprint' | 'run' | undefined;
  after: string | undefined;
  before: string | undefined;
  errorContains: string | undefined;
  again: boolean;
  /** Runs that were replayed this often are left out, also with `again`. */
  mostReplays: number;
  limit: number;
}

/**
 * Lists runs that match, oldest first. Leaves out runs that another call is replaying now and, unless `again` is set,
 * runs that were already replayed.
 */
export async function listRunsForReplay(queryable: Queryable, filter: ReplayFilter): Promise<string[]> {
  const rows = await queryable.query<{ id: string }>({
    name: 'list_runs_for_replay',
    text: `select s.id from sessions s
      where s.tenant_id = current_tenant_id() and s.status = any ($1)
        and (s.kind = $2 or $2::text is null and s.kind in ('run', 'sprint'))
        and ($3::timestamptz is null or s.created_at >= $3) and ($4::timestamptz is null or s.created_at < $4)
        and ($5::text is null or position(lower($5) in lower(s.error)) > 0)
        and (select count(*) from sessions r where r.tenant_id = s.tenant_id and r.replay_of = s.id)
          < case when $6 then $8 else 1 end
      order by s.created_at, s.id limit $7 for no key update of s skip locked`,
    values: [
      filter.statuses,
      filter.kind,
      filter.after,
      filter.before,
      filter.errorContains,
      filter.again,
      filter.limit,
      filter.mostReplays,
    ],
  });
  return rows.map((row) => row.id);
}
