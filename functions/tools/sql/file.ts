import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';

export type FileMode = 'regular' | 'executable';

/** The mode of a generated folder, which is packed into one blob. Its path ends with a slash, as no file's does. */
const FOLDER = 'folder';

/** A file of a run. Its content is a blob. */
export interface FileRow {
  path: string;
  sha256: string;
  size: number;
  mode: FileMode;
  version: number;
  updated_by: string;
  updated_at: string;
}

export type FolderRow = Pick<FileRow, 'path' | 'sha256' | 'size'>;

/** What a write to one path must know about the run's other files. */
interface PathSurroundings {
  files: number;
  bytes: number;
  /** A file at a place where the path needs a folder. */
  file_above: string | null;
  /** A file inside the path, which makes the path a folder. */
  file_below: string | null;
}

const COLUMNS = 'path, sha256, size, mode, version, updated_by, updated_at';

/** Lists files of a run, ordered by the bytes of their paths, which is the same order on every database. */
export async function listFiles(
  queryable: Queryable,
  runId: string,
  page: { prefix: string; after: string; limit: number; withGit: boolean },
): Promise<FileRow[]> {
  return queryable.query<FileRow>({
    name: 'list_run_files',
    text: `select ${COLUMNS} from run_files
      where run_id = $1 and starts_with(path, $2) and path collate "C" > $3 and mode <> '${FOLDER}'
        and ($5 or path !~ '(^|/)\\.git/')
      order by path collate "C" limit $4`,
    values: [runId, page.prefix, page.after, page.limit, page.withGit],
  });
}

export async function findFileByPath(queryable: Queryable, runId: string, path: string): Promise<FileRow | undefined> {
  const [row] = await queryable.query<FileRow>({
    name: 'find_run_file_by_path',
    text: `select ${COLUMNS} from run_files where run_id = $1 and path = $2 and mode <> '${FOLDER}'`,
    values: [runId, path],
  });
  return row;
}

/** Lists the generated folders of a run, with their packed sizes. The paths end with a slash. */
export async function listFolders(queryable: Queryable, runId: string): Promise<FolderRow[]> {
  return queryable.query<FolderRow>({
    name: 'list_run_folders',
    text: `select path, sha256, size from run_files where run_id = $1 and mode = '${FOLDER}' order by path collate "C"`,
    values: [runId],
  });
}

/** Returns the run's number of files and bytes, and the files that a file at this path would collide with. */
export async function findPathSurroundings(
  queryable: Queryable,
  runId: string,
  path: string,
  folders: readonly string[],
): Promise<PathSurroundings> {
  const [row] = await queryable.query<PathSurroundings>({
    name: 'find_path_surroundings',
    text: `select count(*)::integer as files, coalesce(sum(size), 0)::bigint as bytes,
        min(path) filter (where path = any ($3)) as file_above,
        min(path) filter (where starts_with(path, $2 || '/')) as file_below
      from run_files where run_id = $1`,
    values: [runId, path, folders],
  });
  if (row === undefined) throw new Error('The aggregate query find_path_surroundings returned no row');
  return row;
}

/** Locks a run's files until the transaction ends, so that the checks after it see all earlier changes. */
export function lockFiles(runId: string): Statement {
  return {
    name: 'lock_run_files',
    text: `select pg_advisory_xact_lock(hashtextextended('run_files:' || $1, 0))`,
    values: [runId],
  };
}

/**
 * Fails with AF409 when a path does not hold the file that its change was based on (null: no file). So no worker
 * overwrites another worker's change unseen. The caller makes its change again from the present file.
 */
export function refuseStaleFiles(runId: string, bases: readonly { path: string; sha256: string | null }[]): Statement {
  return {
    name: 'refuse_stale_run_files',
    text: `select refuse('AF409', 'the file was changed meanwhile', 'A file was changed meanwhile.') where exists (
        select from unnest($2::text[], $3::text[]) base (path, sha256)
        left join run_files f on f.run_id = $1 and f.path = base.path
        where f.sha256 is distinct from base.sha256)`,
    values: [runId, bases.map((base) => base.path), bases.map((base) => base.sha256)],
  };
}

/** Deletes files. Paths without a file are ignored. */
export function deleteFiles(runId: string, paths: readonly string[]): Statement {
  return {
    name: 'delete_run_files',
    text: 'delete from run_files where run_id = $1 and path = any ($2)',
    values: [runId, paths],
  };
}

/** Stores files. A file that differs in content or mode gets its next version; an equal file is not touched. */
export function upsertFiles(
  runId: string,
  updatedBy: string,
  files: readonly { path: string; sha256: string; size: number; mode: FileMode | 'folder' }[],
): Statement {
  return {
    name: 'upsert_run_files',
    // Takes the tenant from the run: a foreign key is checked without row-level security, so the run's id proves
    // nothing.
    text: `insert into run_files as f (run_id, path, tenant_id, sha256, size, mode, updated_by)
      select s.id, file.path, s.tenant_id, file.sha256, file.size, file.mode, $2
      from sessions s, unnest($3::text[], $4::text[], $5::bigint[], $6::text[]) file (path, sha256, size, mode)
      where s.id = $1
      on conflict (run_id, path) do update set sha256 = excluded.sha256, size = excluded.size, mode = excluded.mode,
        version = f.version + 1, updated_by = excluded.updated_by, updated_at = now()
      where (f.sha256, f.mode) is distinct from (excluded.sha256, excluded.mode)`,
    values: [
      runId,
      updatedBy,
      files.map((file) => file.path),
      files.map((file) => file.sha256),
      files.map((file) => file.size),
      files.map((file) => file.mode),
    ],
  };
}

/**
 * Fails when the run is not the tenant's (AF404), or when its files are too many, too large or not a tree, because a
 * path is both a file and a folder (AF409). It runs after the changes, so it also covers concurrent changes.
 */
export function refuseBrokenTree(runId: string, limits: { files: number; totalBytes: number }): Statement {
  return {
    name: 'refuse_broken_run_tree',
    text: `with here as (select path, size from run_files where run_id = $1),
      folders as (
        select distinct array_to_string(parts[1:depth], '/') as path
        from (select string_to_array(path, '/') as parts from here) h, generate_series(1, cardinality(parts) - 1) depth)
      select case
        when not exists (select from sessions where id = $1) then refuse('AF404', 'no such run')
        when (select count(*) > $2 or sum(size) > $3 from here) then refuse('AF409', 'too much', 'The files of the run are too many or too large.')
        when exists (select from here join folders using (path)) then refuse('AF409', 'no tree', 'A path is both a file and a folder.')
      end`,
    values: [runId, limits.files, limits.totalBytes],
  };
}
