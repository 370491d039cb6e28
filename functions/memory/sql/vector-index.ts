import type { Client } from 'pg';

/** A table with a column `embedding`. Names come from the code, never from a request. */
export type VectorTable = `${string}_vectors`;

/**
 * The index for searches of large scopes. It replaces the index of the table's migration, which was made on an empty
 * table and has no useful centres.
 */
const nameOf = (table: VectorTable) => `${table}_nearest`;

type VectorIndexKind = 'scann' | 'ivfflat';

interface VectorIndexState {
  kind: VectorIndexKind;
  /** The estimate of the last ANALYZE. */
  rows: number;
  /** The number of rows when the index was made; null when there is none or it is the one of the first migration. */
  madeAtRows: number | null;
  /** Whether this session may create the index, because it has the role of the table's owner. */
  isAllowed: boolean;
}

/**
 * Returns the kind of index that the server supports (ScaNN, otherwise IVFFlat) and its current state. Both kinds are
 * built in seconds for each 100,000 rows.
 */
export async function findVectorIndexState(client: Client, table: VectorTable): Promise<VectorIndexState> {
  const { rows } = await client.query<VectorIndexState>(
    `select case when exists (select from pg_extension where extname = 'alloydb_scann') then 'scann' else 'ivfflat' end as kind,
      greatest(c.reltuples, 0)::integer as rows, pg_has_role(current_user, c.relowner, 'MEMBER') as "isAllowed",
      (select substring(obj_description(i.indexrelid) from '^made at (\\d+) rows$')::integer from pg_index i
        where i.indrelid = c.oid and i.indexrelid = to_regclass('public.${nameOf(table)}') and i.indisvalid) as "madeAtRows"
      from pg_class c where c.oid = 'public.${table}'::regclass`,
  );
  const [state] = rows;
  if (state === undefined) throw new Error(`The table ${table} does not exist; run the migrations`);
  return state;
}

/**
 * Takes the advisory lock for working on the index. Returns false when another session has it. The lock ends with the
 * session.
 */
export async function lockVectorIndex(client: Client, table: VectorTable): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select pg_try_advisory_lock(hashtextextended($1, 0)) as locked`,
    [nameOf(table)],
  );
  return rows[0]?.locked === true;
}

/**
 * Builds the index concurrently under another name, then replaces the one in use, so that writers are not blocked.
 * Idempotent: removes what an interrupted build left. Must not run in a transaction, because a concurrent build manages
 * its own.
 */
export async function createVectorIndex(
  client: Client,
  table: VectorTable,
  { kind, rows }: VectorIndexState,
): Promise<void> {
  const [name, fresh] = [nameOf(table), `${nameOf(table)}_fresh`];
  await client.query('set statement_timeout = 0');
  // IVFFlat needs 351 MB of memory for the samples of a million rows and fails with less; PostgreSQL's default is 64
  // MB.
  await client.query("set maintenance_work_mem = '1GB'");
  await client.query(`drop index concurrently if exists public.${fresh}`);
  await client.query(`create index concurrently ${fresh} on public.${table} using ${methodOf(kind, rows)}`);
  await client.query(`comment on index public.${fresh} is 'made at ${Math.round(rows)} rows'`);
  await client.query(`drop index concurrently if exists public.${name}`);
  await client.query(`alter index public.${fresh} rename to ${name}`);
}

/**
 * IVFFlat uses one list for each 1,000 rows, above a million rows the square root, as pgvector's README recommends.
 * ScaNN chooses its own.
 */
function methodOf(kind: VectorIndexKind, rows: number): string {
  if (kind === 'scann') return `scann (embedding cosine) with (mode = 'AUTO')`;
  const lists = Math.max(10, Math.round(rows > 1_000_000 ? Math.sqrt(rows) : rows / 1000));
  return `ivfflat (embedding vector_cosine_ops) with (lists = ${lists})`;
}
