import { serverConfig } from '../platform/database/open.ts';
import { log } from '../platform/log.ts';
import { createVectorIndex, findVectorIndexState, lockVectorIndex, type VectorTable } from './sql/vector-index.ts';

/** With fewer rows an index is not needed: an exact comparison of all vectors takes no longer. */
const FEWEST_ROWS = 10_000;
/** The index is rebuilt when the table has grown by this factor, because its centres no longer fit. */
const GROWTH = 4;

/**
 * Creates the vector index when the table has enough rows, and rebuilds it when the table has grown: ScaNN cannot be
 * built on an empty table, and IVFFlat finds no centres there. Builds concurrently, on its own connection with the role
 * of the table's owner. Idempotent; one session works at a time. Only for a PostgreSQL server, because the embedded
 * database has no large scope.
 */
export async function ensureVectorIndex(
  table: VectorTable,
): Promise<'made' | 'kept' | 'too few rows' | 'busy' | 'not allowed'> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ ...(await serverConfig()), options: '-c lock_timeout=5s' });
  await client.connect();
  try {
    const state = await findVectorIndexState(client, table);
    const { kind, rows, madeAtRows, isAllowed } = state;
    log('info', 'vector index checked', {
      table,
      kind,
      rows,
      made_at_rows: madeAtRows,
    });
    if (rows < FEWEST_ROWS) return 'too few rows';
    if (madeAtRows !== null && rows < madeAtRows * GROWTH) return 'kept';
    if (!isAllowed) {
      log('warning', 'vector index not created: grant this login the role that owns the table', { table, kind, rows });
      return 'not allowed';
    }
    if (!(await lockVectorIndex(client, table))) return 'busy';
    if (kind === 'scann') await client.query(`load 'alloydb_scann'`);
    await createVectorIndex(client, table, state);
    log('info', 'vector index created', { table, kind, rows });
    return 'made';
  } finally {
    await client.end();
  }
}
