import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';

/** A version of a file, numbered from 1 for each path. */
export interface FileVersionRow {
  number: number;
  /** Null when the version is the deletion of the file. */
  sha256: string | null;
  size: number;
  /** Null for a deletion. */
  updated_by: string | null;
  /** The call that made the change; null when no call did, as for the files that a replay has copied. */
  node: string | null;
  turn: number | null;
  /** Whether the content can be read. */
  is_available: boolean;
  created_at: string;
}

const COLUMNS = `v.number, v.sha256, v.size, v.updated_by, v.node, v.turn, v.created_at,
  v.sha256 is not null and (v.kept or exists (select from run_files f
    where f.run_id = v.run_id and f.path = v.path and f.sha256 = v.sha256)) as is_available`;

/** Lists versions of a file of a run, newest first, from before a number. */
export async function listFileVersions(
  queryable: Queryable,
  runId: string,
  path: string,
  page: { before: number | undefined; limit: number },
): Promise<FileVersionRow[]> {
  return queryable.query<FileVersionRow>({
    name: 'list_file_versions',
    text: `select ${COLUMNS} from run_file_versions v where v.tenant_id = current_tenant_id() and v.run_id = $1
        and v.path = $2 and ($3::integer is null or v.number < $3) order by v.number desc limit $4`,
    values: [runId, path, page.before, page.limit],
  });
}

export async function findFileVersion(
  queryable: Queryable,
  runId: string,
  path: string,
  number: number,
): Promise<FileVersionRow | undefined> {
  const [row] = await queryable.query<FileVersionRow>({
    name: 'find_file_version',
    text: `select ${COLUMNS} from run_file_versions v
      where v.tenant_id = current_tenant_id() and v.run_id = $1 and v.path = $2 and v.number = $3`,
    values: [runId, path, number],
  });
  return row;
}

/** Names the call whose effects follow in this transaction, for the versions of the files that they change. */
export function nameFileChange(turn: number, node: string): Statement {
  return {
    name: 'name_file_change',
    text: `select set_config('app.file_change', $1, true)`,
    values: [`${turn}:${node}`],
  };
}
