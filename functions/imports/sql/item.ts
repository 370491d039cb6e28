import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { ImportItem, ItemKind, Outcome } from '../import.ts';

export type ItemRow = ImportItem & { hash: string | null };

/** Inserts lines of the report of the caller's import. */
export function insertItems(importId: string, items: readonly ItemRow[]): Statement {
  return {
    name: 'insert_import_items',
    text: `insert into import_items (tenant_id, user_id, import_id, file, item, kind, source_id, title, outcome, reason,
        target_id, hash)
      select current_tenant_id(), current_user_id(), $1, i.file, i.item, i.kind, i.source_id, i.title, i.outcome, i.reason,
        i.target_id, i.hash
      from jsonb_to_recordset($2::jsonb) as i (file integer, item integer, kind text, source_id text, title text,
        outcome text, reason text, target_id text, hash text)`,
    values: [importId, JSON.stringify(items)],
  };
}

/**
 * Lists the contents that earlier items of the same file had under these ids, in the order in which they came first: a
 * source can have an id twice.
 */
export async function listEarlierHashes(
  queryable: Queryable,
  place: { importId: string; file: number },
  sourceIds: readonly string[],
): Promise<{ kind: ItemKind; source_id: string; hash: string }[]> {
  return queryable.query({
    name: 'list_earlier_hashes',
    text: `select kind, source_id, hash from import_items
      where tenant_id = current_tenant_id() and import_id = $1 and file = $2 and source_id = any ($3) and hash is not null
      group by kind, source_id, hash order by min(item)`,
    values: [place.importId, place.file, sourceIds],
  });
}

/** Lists a page of the report of an import of the caller, in the order of the files. */
export async function listItems(
  queryable: Queryable,
  importId: string,
  list: {
    outcome: Outcome | undefined;
    kind: ItemKind | undefined;
    after: { file: number; item: number } | undefined;
    limit: number;
  },
): Promise<ImportItem[]> {
  return queryable.query<ImportItem>({
    name: 'list_import_items',
    text: `select file, item, kind, source_id, title, outcome, reason, target_id from import_items
      where tenant_id = current_tenant_id() and import_id = $1 and ($2::text is null or outcome = $2)
        and ($3::text is null or kind = $3) and ($4::integer is null or (file, item) > ($4, $5))
      order by file, item limit $6`,
    values: [importId, list.outcome, list.kind, list.after?.file, list.after?.item ?? 0, list.limit],
  });
}
