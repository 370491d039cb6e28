import type { Client } from 'pg';

/** The index that a large scope is searched through; in the place of the seed's, which was made on an empty table and knows no centres. */
const NAME = 'memory_vectors_nearest';
const FRESH = `${NAME}_fresh`;

export type VectorIndexKind = 'scann' | 'ivfflat';

export interface VectorIndexState {
  kind: VectorIndexKind;
  /** Estimated by the last ANALYZE. */
  rows: number;
  /** Rows when the index in use was made; null where it is the seed's, or none is there. */
  madeAtRows: number | null;
  /** Whether this session may make it: it acts for the table's owner. */
  isAllowed: boolean;
}

/** ScaNN where the server has it, else IVFFlat: both are built in seconds for each hundred thousand rows. */
export async function findVectorIndexState(client: Client): Promise<VectorIndexState> {
  const { rows } = await client.query<VectorIndexState>(
    `select case when exists (select from pg_extension where extname = 'alloydb_scann') then 'scann' else 'ivfflat' end as kind,
      greatest(c.reltuples, 0)::integer as rows, pg_has_role(current_user, c.relowner, 'MEMBER') as "isAllowed",
      (select substring(obj_description(i.indexrelid) from '^made at (\\d+) rows$')::integer from pg_index i
        where i.indrelid = c.oid and i.indexrelid = to_regclass('public.${NAME}') and i.indisvalid) as "madeAtRows"
      from pg_class c where c.oid = 'public.memory_vectors'::regclass`,
  );
  const [state] = rows;
  if (state === undefined) throw new Error('The table of vectors is not there');
  return state;
}

/** True for the one session that may work on the index; the lock goes with the session. */
export async function lockVectorIndex(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select pg_try_advisory_lock(hashtextextended($1, 0)) as locked`,
    [NAME],
  );
  return rows[0]?.locked === true;
}

/**
 * Makes the index beside the one in use and puts it in its place; writers go on meanwhile. Safe to repeat: what an interrupted build left is removed first.
 * Not in a transaction, because a concurrent build has its own.
 */
export async function createVectorIndex(client: Client, { kind, rows }: VectorIndexState): Promise<void> {
  await client.query('set statement_timeout = 0');
  // IVFFlat holds its samples in memory, 351 MB for a million rows, and fails where it may not; Postgres's own default is 64 MB.
  await client.query("set maintenance_work_mem = '1GB'");
  await client.query(`drop index concurrently if exists public.${FRESH}`);
  await client.query(`create index concurrently ${FRESH} on public.memory_vectors using ${methodOf(kind, rows)}`);
  await client.query(`comment on index public.${FRESH} is 'made at ${Math.round(rows)} rows'`);
  await client.query(`drop index concurrently if exists public.${NAME}`);
  await client.query(`alter index public.${FRESH} rename to ${NAME}`);
}

/** pgvector's advice for IVFFlat: a list for each thousand rows, above a million the root. ScaNN finds its own. */
function methodOf(kind: VectorIndexKind, rows: number): string {
  if (kind === 'scann') return `scann (embedding cosine) with (mode = 'AUTO')`;
  const lists = Math.max(10, Math.round(rows > 1_000_000 ? Math.sqrt(rows) : rows / 1000));
  return `ivfflat (embedding vector_cosine_ops) with (lists = ${lists})`;
}
