import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { GitObject } from '../git/object.ts';
import type { BlockRow } from './memory-block.ts';
import type { ChangedPath, NewCommit } from './memory-commit.ts';
import type { Owner } from './memory-object.ts';

/** Statements of an erasure, which makes a branch anew from a position on. Whoever sends them holds the repository. */

/** Writes objects of several commits; one that is there stays where it is until {@link updateObjectPositions}. */
export function insertObjectsOfCommits(
  { tenantId, userId }: Owner,
  objects: readonly (GitObject & { position: number })[],
): Statement {
  return {
    name: 'insert_memory_objects_of_commits',
    text: `insert into memory_objects (tenant_id, user_id, id, kind, content, position)
      select $1, $2, o.id, o.kind, decode(o.content, 'hex'), o.position
      from unnest($3::text[], $4::text[], $5::text[], $6::integer[]) as o (id, kind, content, position)
      on conflict (tenant_id, user_id, id) do nothing`,
    values: [
      tenantId,
      userId,
      objects.map(({ id }) => id),
      objects.map(({ kind }) => kind),
      objects.map(({ content }) => content.toString('hex')),
      objects.map(({ position }) => position),
    ],
  };
}

/** Deletes the objects from a position on that no commit reaches any more, and says of the others which commit brings them now. Answers how many went. */
export async function deleteUnreachedObjects(
  queryable: Queryable,
  { tenantId, userId }: Owner,
  reached: { first: number; positions: ReadonlyMap<string, number> },
): Promise<number> {
  const [row] = await queryable.query<{ count: number }>({
    name: 'delete_unreached_memory_objects',
    text: `with reached as materialized (select * from unnest($4::text[], $5::integer[]) as k (id, position)
      ), moved as (
        update memory_objects o set position = k.position from reached k
        where o.tenant_id = $1 and o.user_id = $2 and o.position >= $3 and o.id = k.id and o.position <> k.position
      ), gone as (
        delete from memory_objects o where o.tenant_id = $1 and o.user_id = $2 and o.position >= $3
          and not exists (select from reached k where k.id = o.id) returning 1
      )
      select count(*)::integer as count from gone`,
    values: [tenantId, userId, reached.first, [...reached.positions.keys()], [...reached.positions.values()]],
  });
  return row?.count ?? 0;
}

/** Deletes the commits from a position on, with what they say they changed and the blocks that they brought; blocks that they ended go on again. */
export function deleteCommitsFrom(
  { tenantId, userId }: Owner,
  { position, at }: { position: number; at: string },
): Statement[] {
  const values = [tenantId, userId, position];
  return [
    {
      name: 'delete_memory_commits_from',
      text: 'delete from memory_commits where tenant_id = $1 and user_id = $2 and position >= $3',
      values,
    },
    {
      name: 'delete_memory_changes_from',
      text: 'delete from memory_changes where tenant_id = $1 and user_id = $2 and position >= $3',
      values,
    },
    {
      name: 'delete_memory_blocks_from',
      text: 'delete from memory_blocks where tenant_id = $1 and user_id = $2 and valid_from >= $3',
      values: [tenantId, userId, at],
    },
    {
      name: 'update_memory_blocks_reopened',
      text: 'update memory_blocks set valid_to = null where tenant_id = $1 and user_id = $2 and valid_to >= $3',
      values: [tenantId, userId, at],
    },
  ];
}

export function insertCommits({ tenantId, userId }: Owner, commits: readonly NewCommit[]): Statement {
  return {
    name: 'insert_memory_commits',
    text: `insert into memory_commits (tenant_id, user_id, id, position, tree_id, parent_id, session_id, message, committed_at, reverted_source,
        remote_commit, remote_authors)
      select $1, $2, c.id, c.position, c.tree_id, c.parent_id, c.session_id, c.message, c.committed_at, c.reverted_source, c.remote_commit,
        array(select jsonb_array_elements_text(c.remote_authors))
      from unnest($3::text[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::text[], $11::text[], $12::jsonb[])
        as c (id, position, tree_id, parent_id, session_id, message, committed_at, reverted_source, remote_commit, remote_authors)`,
    values: [
      tenantId,
      userId,
      commits.map(({ id }) => id),
      commits.map(({ position }) => position),
      commits.map(({ treeId }) => treeId),
      commits.map(({ parentId }) => parentId ?? null),
      commits.map(({ sessionId }) => sessionId ?? null),
      commits.map(({ message }) => message),
      commits.map(({ committedAt }) => committedAt),
      commits.map(({ revertedSource }) => revertedSource ?? null),
      commits.map(({ remote }) => remote?.commitId ?? null),
      commits.map(({ remote }) => JSON.stringify(remote?.authors ?? [])),
    ],
  };
}

export function insertChangesOfCommits(
  { tenantId, userId }: Owner,
  changes: readonly (ChangedPath & { position: number })[],
): Statement {
  return {
    name: 'insert_memory_changes_of_commits',
    text: `insert into memory_changes (tenant_id, user_id, path, position, before_id, after_id)
      select $1, $2, c.* from unnest($3::text[], $4::integer[], $5::text[], $6::text[]) as c (path, position, before_id, after_id)`,
    values: [
      tenantId,
      userId,
      changes.map(({ path }) => path),
      changes.map(({ position }) => position),
      changes.map(({ beforeId }) => beforeId ?? null),
      changes.map(({ afterId }) => afterId ?? null),
    ],
  };
}

export type PastBlockRow = BlockRow & { valid_to: string | undefined };

/** Ends blocks each at its own moment, and then writes those that the new commits brought. */
export function insertBlocksOfCommits(
  { tenantId, userId }: Owner,
  repository: string,
  blocks: { ended: readonly { path: string; block: string; at: string }[]; begun: readonly PastBlockRow[] },
): Statement[] {
  const { ended, begun } = blocks;
  return [
    {
      name: 'update_memory_blocks_ended_each',
      text: `update memory_blocks b set valid_to = e.at from unnest($3::text[], $4::text[], $5::timestamptz[]) as e (path, block, at)
        where b.tenant_id = $1 and b.user_id = $2 and b.path = e.path and b.block = e.block and b.valid_to is null`,
      values: [
        tenantId,
        userId,
        ended.map(({ path }) => path),
        ended.map(({ block }) => block),
        ended.map(({ at }) => at),
      ],
    },
    {
      name: 'insert_memory_blocks_of_commits',
      text: `insert into memory_blocks (tenant_id, user_id, repository, path, block, heading, text, strength, always_load, commit_id, valid_from, valid_to)
        select $1, $2, $3, b.* from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::text[], $11::timestamptz[], $12::timestamptz[])
          as b (path, block, heading, text, strength, always_load, commit_id, valid_from, valid_to)`,
      values: [
        tenantId,
        userId,
        repository,
        begun.map(({ path }) => path),
        begun.map(({ block }) => block),
        begun.map(({ heading }) => heading),
        begun.map(({ text }) => text),
        begun.map(({ strength }) => strength),
        begun.map(({ always_load: alwaysLoad }) => alwaysLoad),
        begun.map(({ commit_id: commitId }) => commitId),
        begun.map(({ valid_from: validFrom }) => validFrom),
        begun.map(({ valid_to: validTo }) => validTo ?? null),
      ],
    },
  ];
}

/** Exchanges ids of commits where jobs and change sets name them. */
export function updateCommitIds({ tenantId, userId }: Owner, ids: ReadonlyMap<string, string>): Statement[] {
  const values = [tenantId, userId, [...ids.keys()], [...ids.values()]];
  return [
    {
      name: 'update_memory_job_commits_remade',
      text: `update memory_jobs j set commit_id = m.new_id from unnest($3::text[], $4::text[]) as m (old_id, new_id)
        where j.tenant_id = $1 and j.user_id = $2 and j.commit_id = m.old_id`,
      values,
    },
    {
      name: 'update_memory_change_set_bases',
      text: `update memory_change_sets s set base_commit = m.new_id from unnest($3::text[], $4::text[]) as m (old_id, new_id)
        where s.tenant_id = $1 and s.user_id = $2 and s.base_commit = m.old_id`,
      values,
    },
  ];
}

/** Leaves of change sets what is left of them, and in jobs no fault that names what is gone. */
export function updateChangeSetsLeft(
  { tenantId, userId }: Owner,
  left: { sets: readonly { sessionId: string; edits: unknown; shown: readonly string[] }[]; gone: readonly string[] },
): Statement[] {
  return [
    {
      name: 'update_memory_change_sets_left',
      text: `update memory_change_sets s set edits = l.edits, shown = array(select jsonb_array_elements_text(l.shown))
        from unnest($3::text[], $4::jsonb[], $5::jsonb[]) as l (session_id, edits, shown)
        where s.tenant_id = $1 and s.user_id = $2 and s.session_id = l.session_id`,
      values: [
        tenantId,
        userId,
        left.sets.map(({ sessionId }) => sessionId),
        left.sets.map(({ edits }) => JSON.stringify(edits)),
        left.sets.map(({ shown }) => JSON.stringify(shown)),
      ],
    },
    {
      name: 'update_memory_job_faults_left',
      text: `update memory_jobs j set faults = (select coalesce(jsonb_agg(f), '[]') from jsonb_array_elements(j.faults) f
          where not exists (select from unnest($3::text[]) g where position(g in f::text) > 0))
        where j.tenant_id = $1 and j.user_id = $2 and exists (select from unnest($3::text[]) g where position(g in j.faults::text) > 0)`,
      values: [tenantId, userId, left.gone],
    },
  ];
}

/** How many rows there are of blocks that stand or stood, and of what commits changed: for the receipt. */
export async function findHistoryCounts(
  queryable: Queryable,
): Promise<{ memory_blocks: number; memory_changes: number }> {
  const [row] = await queryable.query<{ memory_blocks: number; memory_changes: number }>({
    name: 'find_memory_history_counts',
    text: `select
      (select count(*)::integer from memory_blocks where tenant_id = current_tenant_id() and user_id = current_user_id()) as memory_blocks,
      (select count(*)::integer from memory_changes where tenant_id = current_tenant_id() and user_id = current_user_id()) as memory_changes`,
  });
  return row ?? { memory_blocks: 0, memory_changes: 0 };
}
