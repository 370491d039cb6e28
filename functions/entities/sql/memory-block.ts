import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Strength } from '../files/entity-file.ts';
import { columnsOf } from './columns.ts';
import type { Owner } from './memory-object.ts';

/** A version of a block of an entity file: true from `valid_from` on. */
export interface BlockRow {
  path: string;
  block: string;
  heading: string;
  text: string;
  /** The current name and aliases of the file, one a line, by which a search finds its blocks. */
  names: string;
  strength: Strength;
  always_load: boolean;
  /** The commit that wrote its text; a block that is only moved keeps it. */
  commit_id: string;
  valid_from: string;
}

/** The end of a block: from `at` on it is history. */
export interface EndedBlock {
  path: string;
  block: string;
  at: string;
}

/** The current names of a file; empty for a file that is removed. */
export interface NamedFile {
  path: string;
  names: string;
}

/**
 * Ends blocks and inserts new ones, in this order, since a path has one current row per block, and renames all
 * rows of a file, so that an erased name is in none of them. Returns no statement for an empty list.
 */
export function updateBlocks(
  { tenantId, userId }: Owner,
  repository: string,
  {
    ended,
    begun,
    named,
  }: {
    ended: readonly EndedBlock[];
    begun: readonly (BlockRow & { valid_to?: string | undefined })[];
    named: readonly NamedFile[];
  },
): Statement[] {
  const end = {
    name: 'update_memory_blocks_ended',
    text: `update memory_blocks b set valid_to = e.at from unnest($3::text[], $4::text[], $5::timestamptz[]) as e (path, block, at)
      where b.tenant_id = $1 and b.user_id = $2 and b.path = e.path and b.block = e.block and b.valid_to is null`,
    values: [tenantId, userId, ...columnsOf(ended, 'path', 'block', 'at')],
  };
  const begin = {
    name: 'insert_memory_blocks',
    text: `insert into memory_blocks (tenant_id, user_id, repository, path, block, heading, text, names, strength, always_load, commit_id, valid_from, valid_to)
      select $1, $2, $3, b.* from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::boolean[], $11::text[], $12::timestamptz[], $13::timestamptz[])
        as b (path, block, heading, text, names, strength, always_load, commit_id, valid_from, valid_to)`,
    values: [
      tenantId,
      userId,
      repository,
      ...columnsOf(
        begun,
        'path',
        'block',
        'heading',
        'text',
        'names',
        'strength',
        'always_load',
        'commit_id',
        'valid_from',
        'valid_to',
      ),
    ],
  };
  const name = {
    name: 'update_memory_blocks_named',
    text: `update memory_blocks b set names = n.names from unnest($3::text[], $4::text[]) as n (path, names)
      where b.tenant_id = $1 and b.user_id = $2 and b.path = n.path and b.names <> n.names`,
    values: [tenantId, userId, ...columnsOf(named, 'path', 'names')],
  };
  return [
    ...(ended.length > 0 ? [end] : []),
    ...(begun.length > 0 ? [begin] : []),
    ...(named.length > 0 ? [name] : []),
  ];
}

/** Stores the lexemes of all rows of the user's memory again that another version of the tokenizer wrote. */
export async function retokenizeMemory(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ count: number }>({
    name: 'retokenize_memory',
    text: 'select retokenize_memory() as count',
    values: [],
  });
  return row?.count ?? 0;
}

/** Deletes rows that end at the moment at which they begin: they were never true. */
export function deleteMomentaryBlocks({ tenantId, userId }: Owner): Statement {
  return {
    name: 'delete_momentary_memory_blocks',
    text: 'delete from memory_blocks where tenant_id = $1 and user_id = $2 and valid_to <= valid_from',
    values: [tenantId, userId],
  };
}

/**
 * Returns the current blocks of these files (of all files without `paths`), or those of the moment `asOf`, by path and
 * block.
 */
export async function listBlocks(
  queryable: Queryable,
  filter: { paths?: readonly string[]; asOf?: string | undefined; alwaysLoad?: boolean },
): Promise<BlockRow[]> {
  return queryable.query<BlockRow>({
    name: 'list_memory_blocks',
    text: `select path, block, heading, text, names, strength, always_load, commit_id, valid_from from memory_blocks
      where tenant_id = current_tenant_id() and user_id = current_user_id() and ($1::text[] is null or path = any ($1))
        and case when $2::timestamptz is null then valid_to is null else valid_from <= $2 and (valid_to is null or valid_to > $2) end
        and ($3::boolean is null or always_load = $3)
      order by path collate "C", block collate "C"`,
    values: [filter.paths, filter.asOf, filter.alwaysLoad],
  });
}

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
 * Returns the versions of a file's blocks, each with the session that wrote it and the one that ended it: newest commit
 * first, then by block. `from` is the cursor: the commit to continue at, and how many of its blocks to skip.
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
      left join memory_sessions a on a.tenant_id = c.tenant_id and a.user_id = c.user_id and a.id = c.session_id
      left join memory_commits e on e.tenant_id = b.tenant_id and e.user_id = b.user_id and e.committed_at = b.valid_to
      where b.tenant_id = current_tenant_id() and b.user_id = current_user_id() and b.path = $1 and ($2::text is null or b.block = $2)
        and ($3::integer is null or c.position <= $3)
      order by c.position desc, b.block collate "C" limit $4 offset $5`,
    values: [page.path, page.block, page.from?.position, page.limit, page.from?.skip ?? 0],
  });
}
