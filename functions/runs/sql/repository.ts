import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';

/** Returns the repository of a run, null when it has none, or undefined when the tenant has no such run. */
export async function findRunRepository(queryable: Queryable, runId: string): Promise<string | null | undefined> {
  const [row] = await queryable.query<{ github_repo: string | null }>({
    name: 'find_run_repository',
    text: 'select github_repo from sessions where id = $1',
    values: [runId],
  });
  return row?.github_repo;
}

/** Sets a run's repository. A run that already has another one keeps it: the transaction fails with AF409. */
export function updateRunRepository(runId: string, repository: string): Statement {
  return {
    name: 'update_run_repository',
    text: `with registered as (
        update sessions set github_repo = $2 where id = $1 and (github_repo is null or github_repo = $2) returning id)
      select refuse('AF409', 'registered', 'The run already has another repository.') where not exists (select from registered)`,
    values: [runId, repository],
  };
}
