import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Strength } from '../files/entity-file.ts';
import type { Owner } from './memory-object.ts';

export interface BlockRow {
  path: string;
  block: string;
  heading: string;
  text: string;
  strength: Strength;
  always_load: boolean;
  commit_id: string;
  valid_from: string;
}

/** Ends the blocks of these keys: from this moment on they are history. */
export function updateBlocksEnded(
  { tenantId, userId }: Owner,
  at: string,
  blocks: readonly { path: string; block: string }[],
): Statement {
  return {
    name: 'update_memory_blocks_ended',
    text: `update memory_blocks b set valid_to = $3 from unnest($4::text[], $5::text[]) as e (path, block)
      where b.tenant_id = $1 and b.user_id = $2 and b.path = e.path and b.block = e.block and b.valid_to is null`,
    values: [tenantId, userId, at, blocks.map(({ path }) => path), blocks.map(({ block }) => block)],
  };
}

export function insertBlocks({ tenantId, userId }: Owner, repository: string, blocks: readonly BlockRow[]): Statement {
  return {
    name: 'insert_memory_blocks',
    text: `insert into memory_blocks (tenant_id, user_id, repository, path, block, heading, text, strength, always_load, commit_id, valid_from)
      select $1, $2, $3, b.path, b.block, b.heading, b.text, b.strength, b.always_load, b.commit_id, b.valid_from
      from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::text[], $11::timestamptz[])
        as b (path, block, heading, text, strength, always_load, commit_id, valid_from)`,
    values: [
      tenantId,
      userId,
      repository,
      blocks.map(({ path }) => path),
      blocks.map(({ block }) => block),
      blocks.map(({ heading }) => heading),
      blocks.map(({ text }) => text),
      blocks.map(({ strength }) => strength),
      blocks.map(({ always_load: alwaysLoad }) => alwaysLoad),
      blocks.map(({ commit_id: commitId }) => commitId),
      blocks.map(({ valid_from: validFrom }) => validFrom),
    ],
  };
}

/** The blocks that stood in these files (in all of them without `paths`) at a moment, or stand there now; by path and block. */
export async function listBlocks(
  queryable: Queryable,
  filter: { paths?: readonly string[]; asOf?: string | undefined; alwaysLoad?: boolean },
): Promise<BlockRow[]> {
  return queryable.query<BlockRow>({
    name: 'list_memory_blocks',
    text: `select path, block, heading, text, strength, always_load, commit_id, valid_from from memory_blocks
      where tenant_id = current_tenant_id() and user_id = current_user_id() and ($1::text[] is null or path = any ($1))
        and case when $2::timestamptz is null then valid_to is null else valid_from <= $2 and (valid_to is null or valid_to > $2) end
        and ($3::boolean is null or always_load = $3)
      order by path collate "C", block collate "C"`,
    values: [filter.paths, filter.asOf, filter.alwaysLoad],
  });
}

/** Removes rows that end at the moment at which they began. */
export function deleteMomentaryBlocks({ tenantId, userId }: Owner): Statement {
  return {
    name: 'delete_momentary_memory_blocks',
    text: 'delete from memory_blocks where tenant_id = $1 and user_id = $2 and valid_to <= valid_from',
    values: [tenantId, userId],
  };
}
