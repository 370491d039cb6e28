import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { ItemKind } from '../import.ts';

/** What an item of a source is here. */
export interface MappingRow {
  kind: ItemKind;
  source_id: string;
  target_id: string;
  hash: string;
  /** When the source had last changed what was imported, if it tells. */
  source_updated_at?: string | null;
  /** Hashes of fields that the user can change here, as they were imported last. */
  fields?: Record<string, string>;
}

/** Lists what these items became in earlier imports of the caller. */
export async function listMappings(
  queryable: Queryable,
  items: readonly { kind: ItemKind; sourceId: string }[],
): Promise<MappingRow[]> {
  return queryable.query<MappingRow>({
    name: 'list_import_mappings',
    text: `select m.kind, m.source_id, m.target_id, m.hash, m.source_updated_at, m.fields
      from unnest($1::text[], $2::text[]) as w (kind, source_id)
      join import_mappings m on m.user_id = current_user_id() and m.kind = w.kind and m.source_id = w.source_id`,
    values: [items.map(({ kind }) => kind), items.map(({ sourceId }) => sourceId)],
  });
}

/** Returns what an item of the caller's source is here, with what has no place; undefined for an unknown item. */
export async function findMapping(
  queryable: Queryable,
  kind: ItemKind,
  sourceId: string,
): Promise<
  | { kind: ItemKind; source_id: string; target_id: string; rest: Record<string, unknown>; imported_at: string }
  | undefined
> {
  const [row] = await queryable.query<{
    kind: ItemKind;
    source_id: string;
    target_id: string;
    rest: Record<string, unknown>;
    imported_at: string;
  }>({
    name: 'find_import_mapping',
    text: `select kind, source_id, target_id, rest, imported_at from import_mappings
      where user_id = current_user_id() and kind = $1 and source_id = $2`,
    values: [kind, sourceId],
  });
  return row;
}

/** Writes what items of the caller's source became. The last import of an item counts. */
export function upsertMappings(mappings: readonly (MappingRow & { rest: unknown })[]): Statement {
  return {
    name: 'upsert_import_mappings',
    text: `insert into import_mappings (tenant_id, user_id, kind, source_id, target_id, hash, rest,
        source_updated_at, fields)
      select current_tenant_id(), current_user_id(), m.kind, m.source_id, m.target_id, m.hash, m.rest, m.source_updated_at,
        coalesce(m.fields, '{}')
      from jsonb_to_recordset($1::jsonb) as m (kind text, source_id text, target_id text, hash text, rest jsonb,
        source_updated_at timestamptz, fields jsonb)
      on conflict (user_id, kind, source_id) do update set target_id = excluded.target_id, hash = excluded.hash,
        rest = excluded.rest, source_updated_at = excluded.source_updated_at, fields = excluded.fields, imported_at = now()`,
    values: [JSON.stringify(mappings)],
  };
}
