import type { Queryable } from '../../platform/database/database.ts';
import type { Ontology } from '../files/ontology.ts';

export interface RepositoryRow {
  id: string;
  user_id: string;
  ontology: Ontology;
  branch: string;
  /** Whether the daily timer may consolidate it. */
  consolidates: boolean;
  created_at: string;
}

/** The commit that a branch points to. `committed_at` is the database's clock. */
export interface HeadRow {
  id: string;
  position: number;
  tree_id: string;
  committed_at: string;
}

/** Creates the user's repository. Does nothing when it exists. */
export async function insertRepository(
  queryable: Queryable,
  repository: { id: string; tenantId: string; userId: string; ontology: Ontology },
): Promise<void> {
  await queryable.query({
    name: 'insert_memory_repository',
    text: `insert into memory_repositories (id, tenant_id, user_id, ontology, branch) values ($1, $2, $3, $4, 'main')
      on conflict (tenant_id, user_id) do nothing`,
    values: [repository.id, repository.tenantId, repository.userId, repository.ontology],
  });
}

/** Returns the repository of the transaction's user. */
export async function findRepository(queryable: Queryable): Promise<RepositoryRow | undefined> {
  const [row] = await queryable.query<RepositoryRow>({
    name: 'find_memory_repository',
    text: `select id, user_id, ontology, branch, consolidates, created_at from memory_repositories
      where tenant_id = current_tenant_id() and user_id = current_user_id()`,
  });
  return row;
}

/** Returns whether the transaction's user exists. A subject that nothing was written for does not. */
export async function isUserKnown(queryable: Queryable): Promise<boolean> {
  const [row] = await queryable.query<{ known: boolean }>({
    name: 'is_user_known',
    text: `select exists (select from users where tenant_id = current_tenant_id() and id = current_user_id()) as known`,
  });
  return row?.known ?? false;
}

/** Locks the user's repository until the transaction ends, so that commits of one user run one after another. */
export async function claimRepository(queryable: Queryable): Promise<RepositoryRow | undefined> {
  const [row] = await queryable.query<RepositoryRow>({
    name: 'claim_memory_repository',
    text: `select id, user_id, ontology, branch, consolidates, created_at from memory_repositories
      where tenant_id = current_tenant_id() and user_id = current_user_id() for update`,
  });
  return row;
}

/**
 * Returns the commit that the branch points to, or its newest commit at the moment `asOf`; undefined when there is
 * none.
 */
export async function findHead(queryable: Queryable, branch: string, asOf?: string): Promise<HeadRow | undefined> {
  const [row] = await queryable.query<HeadRow>({
    name: 'find_memory_head',
    text: `select c.id, c.position, c.tree_id, c.committed_at
      from memory_refs r join memory_commits h on h.tenant_id = r.tenant_id and h.user_id = r.user_id and h.id = r.commit_id
      join memory_commits c on c.tenant_id = r.tenant_id and c.user_id = r.user_id and c.position <= h.position
      where r.tenant_id = current_tenant_id() and r.user_id = current_user_id() and r.name = $1
        and ($2::timestamptz is null or c.committed_at <= $2)
      order by c.position desc limit 1`,
    values: [branch, asOf],
  });
  return row;
}

/**
 * Moves a branch by compare-and-swap; `from` is undefined when the branch does not exist yet. Returns false, and moves
 * nothing, when the branch points to another commit.
 */
export async function updateRef(
  queryable: Queryable,
  move: { tenantId: string; userId: string; branch: string; from: string | undefined; to: string },
): Promise<boolean> {
  const { tenantId, userId, branch, from, to } = move;
  const moved =
    from === undefined
      ? await queryable.query({
          name: 'insert_memory_ref',
          text: `insert into memory_refs (tenant_id, user_id, name, commit_id) values ($1, $2, $3, $4)
            on conflict (tenant_id, user_id, name) do nothing returning name`,
          values: [tenantId, userId, branch, to],
        })
      : await queryable.query({
          name: 'update_memory_ref',
          text: `update memory_refs set commit_id = $5, updated_at = now()
            where tenant_id = $1 and user_id = $2 and name = $3 and commit_id = $4 returning name`,
          values: [tenantId, userId, branch, from, to],
        });
  return moved.length > 0;
}

/**
 * Returns the time of a new commit: the database's clock, but later than the parent's time even if the clock went back.
 */
export async function findCommitTime(
  queryable: Queryable,
  after: string | undefined,
): Promise<{ at: string; seconds: number }> {
  const [row] = await queryable.query<{ at: string; seconds: number }>({
    name: 'find_memory_commit_time',
    text: `select t.at, floor(extract(epoch from t.at))::bigint as seconds
      from (select greatest(clock_timestamp(), coalesce($1::timestamptz, '-infinity') + interval '1 microsecond') as at) t`,
    values: [after],
  });
  if (row === undefined) throw new Error('The query for the commit time returned no row');
  return row;
}

interface RepositoryCounts {
  commits: number;
  objects: number;
  blocks: number;
  /** Characters of the current blocks. */
  characters: number;
}

/** Counts what the user's repository contains. */
export async function findRepositoryCounts(queryable: Queryable): Promise<RepositoryCounts> {
  const [row] = await queryable.query<RepositoryCounts>({
    name: 'find_memory_repository_counts',
    text: `select (select count(*)::integer from memory_commits where tenant_id = current_tenant_id() and user_id = current_user_id()) as commits,
      (select count(*)::integer from memory_objects where tenant_id = current_tenant_id() and user_id = current_user_id()) as objects,
      count(*)::integer as blocks, coalesce(sum(length(text)), 0)::integer as characters
      from memory_blocks where tenant_id = current_tenant_id() and user_id = current_user_id() and valid_to is null`,
  });
  return row ?? { commits: 0, objects: 0, blocks: 0, characters: 0 };
}

/** Changes the ontology for new entities; existing files stay where they are. */
export async function updateOntology(queryable: Queryable, ontology: Ontology): Promise<void> {
  await queryable.query({
    name: 'update_memory_ontology',
    text: `update memory_repositories set ontology = $1
      where tenant_id = current_tenant_id() and user_id = current_user_id() and ontology <> $1`,
    values: [ontology],
  });
}

/** Turns daily consolidation by the timer on or off. */
export async function updateConsolidates(queryable: Queryable, consolidates: boolean): Promise<void> {
  await queryable.query({
    name: 'update_memory_consolidates',
    text: `update memory_repositories set consolidates = $1
      where tenant_id = current_tenant_id() and user_id = current_user_id() and consolidates <> $1`,
    values: [consolidates],
  });
}

/** Records that the user's files are consolidated up to the head of the branch. */
export async function updateConsolidatedPosition(queryable: Queryable): Promise<void> {
  await queryable.query({
    name: 'update_memory_consolidated_position',
    text: `update memory_repositories r set consolidated_position = greatest(r.consolidated_position, c.position)
      from memory_refs f join memory_commits c on c.tenant_id = f.tenant_id and c.user_id = f.user_id and c.id = f.commit_id
      where r.tenant_id = current_tenant_id() and r.user_id = current_user_id()
        and f.tenant_id = r.tenant_id and f.user_id = r.user_id and f.name = r.branch`,
  });
}
