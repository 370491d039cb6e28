import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Strength } from '../entities/entity-file.ts';
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

export interface FoundBlock extends BlockRow {
  score: number;
}

/**
 * The person's blocks that share words with a question, the best first: BM25 (k1 0.9, b 0.6) over the blocks that he can see, times 1.5 for a strong one and
 * 1.2 for a middling one. Nothing that shares no word comes back.
 */
export async function searchBlocks(
  queryable: Queryable,
  question: { text: string; asOf?: string | undefined; limit: number },
): Promise<FoundBlock[]> {
  return queryable.query<FoundBlock>({
    name: 'search_memory_blocks',
    text: `with asked as materialized (
        select array_agg(l.lexeme) as lexemes from unnest(memory_lexemes($1)) l
      ), visible as materialized (
        select b.*, greatest(length(b.content_tsv), 1)::float8 as size from memory_blocks b
        where b.tenant_id = current_tenant_id() and b.user_id = current_user_id()
          and case when $2::timestamptz is null then b.valid_to is null else b.valid_from <= $2 and (b.valid_to is null or b.valid_to > $2) end
      ), whole as materialized (
        select count(*)::float8 as blocks, avg(size) as mean_size from visible
      ), hits as materialized (
        select v.path, v.block, t.lexeme, cardinality(t.positions)::float8 as times, v.size
        from visible v cross join asked a cross join lateral unnest(v.content_tsv) t where t.lexeme = any (a.lexemes)
      ), rarity as materialized (
        select h.lexeme, ln(1 + (w.blocks - count(*) + 0.5) / (count(*) + 0.5)) as idf from hits h cross join whole w group by h.lexeme, w.blocks
      ), scored as (
        select h.path, h.block, sum(r.idf * h.times * 1.9 / (h.times + 0.9 * (0.4 + 0.6 * h.size / w.mean_size))) as bm25
        from hits h join rarity r using (lexeme) cross join whole w group by h.path, h.block
      )
      select v.path, v.block, v.heading, v.text, v.strength, v.always_load, v.commit_id, v.valid_from,
        (s.bm25 * case v.strength when 'high' then 1.5 when 'medium' then 1.2 else 1.0 end)::float8 as score
      from scored s join visible v using (path, block)
      where s.bm25 > 0 order by score desc, v.valid_from desc, v.path, v.block limit $3`,
    values: [question.text, question.asOf, question.limit],
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
