import type { Queryable } from '../../platform/database/database.ts';
import type { Owner } from './memory-object.ts';

export interface StepRow {
  tool: string;
  base_commit: string | null;
  commit_id: string | null;
  plan: unknown;
}

/**
 * Inserts what a tool did or plans to do. A second insert for the same tool fails, and rolls back the transaction with
 * its commit.
 */
export async function insertStep(
  queryable: Queryable,
  { tenantId, userId }: Owner,
  step: {
    consolidationId: string;
    tool: string;
    baseCommit: string | undefined;
    commitId: string | undefined;
    plan: object;
  },
): Promise<void> {
  await queryable.query({
    name: 'insert_memory_consolidation_step',
    text: `insert into memory_consolidation_steps (tenant_id, user_id, consolidation_id, tool, base_commit, commit_id, plan, created_at)
      values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())`,
    values: [
      tenantId,
      userId,
      step.consolidationId,
      step.tool,
      step.baseCommit,
      step.commitId,
      JSON.stringify(step.plan),
    ],
  });
}

/** Returns the steps of a consolidation in the order of execution. */
export async function listSteps(queryable: Queryable, consolidationId: string): Promise<StepRow[]> {
  return queryable.query<StepRow>({
    name: 'list_memory_consolidation_steps',
    text: `select tool, base_commit, commit_id, plan from memory_consolidation_steps
      where tenant_id = current_tenant_id() and user_id = current_user_id() and consolidation_id = $1 order by created_at, tool`,
    values: [consolidationId],
  });
}

/** Sets the commit of a staged step. */
export async function updateStepCommitted(
  queryable: Queryable,
  step: { consolidationId: string; tool: string; commitId: string },
): Promise<void> {
  await queryable.query({
    name: 'update_memory_consolidation_step_committed',
    text: `update memory_consolidation_steps set commit_id = $3
      where tenant_id = current_tenant_id() and user_id = current_user_id() and consolidation_id = $1 and tool = $2 and commit_id is null`,
    values: [step.consolidationId, step.tool, step.commitId],
  });
}

/** Returns the newest plan of a tool by a proposer (`model` or `rules`). */
export async function findNewestPlan(queryable: Queryable, tool: string, proposer: string): Promise<unknown> {
  const [row] = await queryable.query<{ plan: unknown }>({
    name: 'find_newest_memory_plan',
    text: `select plan from memory_consolidation_steps
      where tenant_id = current_tenant_id() and user_id = current_user_id() and tool = $1 and plan ->> 'proposer' = $2
      order by created_at desc limit 1`,
    values: [tool, proposer],
  });
  return row?.plan;
}

/** Returns the plans of a tool that the user has undone, newest first. */
export async function listUndonePlans(queryable: Queryable, tool: string, limit: number): Promise<{ plan: unknown }[]> {
  return queryable.query({
    name: 'list_undone_memory_plans',
    text: `select s.plan from memory_consolidation_steps s
      join memory_consolidations k on k.id = s.consolidation_id and k.tenant_id = s.tenant_id and k.user_id = s.user_id and k.status = 'undone'
      where s.tenant_id = current_tenant_id() and s.user_id = current_user_id() and s.tool = $1 and s.commit_id is not null
      order by s.created_at desc limit $2`,
    values: [tool, limit],
  });
}

/** Returns the entity files that the newest sessions up to a commit changed, one row for each session. */
export async function listRecentlyChanged(
  queryable: Queryable,
  position: number,
  sessions: number,
): Promise<{ paths: string[] }[]> {
  return queryable.query({
    name: 'list_recently_changed_memory',
    text: `select array_agg(h.path order by h.path collate "C") as paths
      from (select position from memory_commits
        where tenant_id = current_tenant_id() and user_id = current_user_id() and position <= $1 and session_id is not null order by position desc limit $2) c
      join memory_changes h on h.tenant_id = current_tenant_id() and h.user_id = current_user_id() and h.position = c.position and h.after_id is not null
      where h.path like '%.md' and h.path not like 'timeline/%' group by h.position order by h.position desc`,
    values: [position, sessions],
  });
}

/** Returns the paths that a commit changed, with the blobs before and after; null when there is no file. */
export async function listChanges(
  queryable: Queryable,
  commitId: string,
): Promise<{ path: string; before_id: string | null; after_id: string | null }[]> {
  return queryable.query({
    name: 'list_memory_changes',
    text: `select h.path, h.before_id, h.after_id from memory_commits c
      join memory_changes h on h.tenant_id = c.tenant_id and h.user_id = c.user_id and h.position = c.position
      where c.tenant_id = current_tenant_id() and c.user_id = current_user_id() and c.id = $1 order by h.path collate "C"`,
    values: [commitId],
  });
}
