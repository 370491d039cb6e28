import type { Queryable } from '../../platform/database/database.ts';

export interface BlockVersionRow {
  block: string;
  heading: string;
  text: string;
  commit_id: string;
  position: number;
  message: string;
  source_id: string | null;
  session_kind: string | null;
  proposer: 'model' | 'rules' | null;
  is_reverted: boolean;
  since: string;
  until: string | null;
  ended_by_commit: string | null;
  ended_by_source: string | null;
}

/**
 * The versions of a file's blocks with where each came from and what ended it, the newest commit first, then by block. A page goes on at a
 * commit, past so many of its blocks.
 */
export async function listBlockVersions(
  queryable: Queryable,
  page: {
    path: string;
    block: string | undefined;
    from: { position: number; skip: number } | undefined;
    limit: number;
  },
): Promise<BlockVersionRow[]> {
  return queryable.query<BlockVersionRow>({
    name: 'list_memory_block_versions',
    text: `select b.block, b.heading, b.text, b.commit_id, c.position, c.message, c.session_id as source_id, a.kind as session_kind, s.proposer,
        exists (select from memory_commits r where r.tenant_id = c.tenant_id and r.user_id = c.user_id and r.position > c.position
          and r.reverted_source = c.session_id) as is_reverted,
        b.valid_from as since, b.valid_to as until, e.id as ended_by_commit, e.session_id as ended_by_source
      from memory_blocks b
      join memory_commits c on c.tenant_id = b.tenant_id and c.user_id = b.user_id and c.id = b.commit_id
      left join memory_change_sets s on s.tenant_id = c.tenant_id and s.user_id = c.user_id and s.session_id = c.session_id
      left join memory_sessions a on a.tenant_id = c.tenant_id and a.id = c.session_id
      left join memory_commits e on e.tenant_id = b.tenant_id and e.user_id = b.user_id and e.committed_at = b.valid_to
      where b.tenant_id = current_tenant_id() and b.user_id = current_user_id() and b.path = $1 and ($2::text is null or b.block = $2)
        and ($3::integer is null or c.position <= $3)
      order by c.position desc, b.block collate "C" limit $4 offset $5`,
    values: [page.path, page.block, page.from?.position, page.limit, page.from?.skip ?? 0],
  });
}
