import { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import { CHARACTERS_PER_TOKEN } from '../../platform/models/estimate-tokens.ts';
import { isEntityPath, Ontology } from '../files/ontology.ts';
import { findLink, type LinkRow } from '../sql/memory-link.ts';
import { listFiles } from '../sql/memory-object.ts';
import { findHead, findRepository, findRepositoryCounts } from '../sql/memory-repository.ts';
import { LinkedRepository } from '../sync/linked-repository.ts';
import { SyncReport } from '../sync/sync-report.ts';

export const RepositoryStatus = z.strictObject({
  user_id: z.string(),
  status: z.enum(['active', 'not_set_up']).meta({
    description: '`not_set_up` before the first session or `POST /repos/setup`; the rest is what a new repository has',
  }),
  ontology: Ontology,
  branch: z.string(),
  consolidates: z.boolean().meta({ description: 'Whether the daily timer consolidates it' }),
  head_commit: z.string().nullable(),
  last_commit_at: z.string().nullable(),
  commits: z.int(),
  objects: z.int(),
  files: z.int(),
  memory_files_count: z.int().meta({ description: 'Entity files' }),
  index_stats: z.strictObject({ total_blocks: z.int(), avg_tokens: z.number() }),
  repo_url: z.string().nullable().meta({ description: 'The linked repository, or the last one that was linked' }),
  link: LinkedRepository,
  last_sync: z.string().nullable().meta({ description: 'When the last sync ended' }),
  sync: SyncReport.nullable().meta({ description: 'How the last sync ended' }),
});
export type RepositoryStatus = z.infer<typeof RepositoryStatus>;

/** Returns the status of the repository of the transaction's user, who is shown as `userId`; undefined without one. */
export async function repositoryStatus(queryable: Queryable, userId: string): Promise<RepositoryStatus | undefined> {
  const repository = await findRepository(queryable);
  if (repository === undefined) return undefined;
  const head = await findHead(queryable, repository.branch);
  const files = head === undefined ? [] : await listFiles(queryable, head.tree_id);
  const { commits, objects, blocks, characters } = await findRepositoryCounts(queryable);
  const linked = await findLink(queryable);
  return {
    user_id: userId,
    status: 'active',
    ontology: repository.ontology,
    branch: repository.branch,
    consolidates: repository.consolidates,
    head_commit: head?.id ?? null,
    last_commit_at: head?.committed_at ?? null,
    commits,
    objects,
    files: files.length,
    memory_files_count: files.filter(({ path }) => isEntityPath(path)).length,
    index_stats: {
      total_blocks: blocks,
      avg_tokens: blocks === 0 ? 0 : Math.round((10 * characters) / CHARACTERS_PER_TOKEN / blocks) / 10,
    },
    repo_url: linked?.repo_url ?? null,
    link: statusOfLinked(linked),
    last_sync: linked?.last_sync_at ?? null,
    sync: SyncReport.nullable().parse(linked?.last_sync ?? null),
  };
}

/** Returns the status of a memory whose repository is not set up: what a new one has. */
export function emptyRepositoryStatus(userId: string): RepositoryStatus {
  return {
    user_id: userId,
    status: 'not_set_up',
    ontology: 'personal',
    branch: 'main',
    consolidates: true,
    head_commit: null,
    last_commit_at: null,
    commits: 0,
    objects: 0,
    files: 0,
    memory_files_count: 0,
    index_stats: { total_blocks: 0, avg_tokens: 0 },
    repo_url: null,
    link: { status: 'none' },
    last_sync: null,
    sync: null,
  };
}

function statusOfLinked(linked: LinkRow | undefined): LinkedRepository {
  if (linked === undefined) return { status: 'none' };
  const { branch, has_token, is_leased, next_sync_at, ended_at, ended_reason } = linked;
  if (linked.status === 'ended')
    return { status: 'ended', branch, ended_at: ended_at ?? '', reason: ended_reason ?? '' };
  const next = has_token ? next_sync_at : null;
  return { status: 'linked', branch, has_token, is_syncing: is_leased, next_sync_at: next };
}
