import { serverConfig } from '../platform/database/open.ts';
import { log } from '../platform/log.ts';
import { createVectorIndex, findVectorIndexState, lockVectorIndex } from './sql/vector-index.ts';

/** Below it no scope is large, and every search compares all vectors that it sees: exact, and no slower. */
const FEWEST_ROWS = 10_000;
/** Centres that were right for so many rows are not for this many times more. */
const GROWTH = 4;

/**
 * Makes the index of the facts' vectors once the table has rows enough, and again when it has grown: ScaNN refuses an empty table, and IVFFlat finds no centres
 * in one. Concurrently, on a session of its own that acts for the owner of the table; one at a time, and safe to run again. Answers what it did. Only for a
 * server: a laptop's database has no scope that is large.
 */
export async function ensureVectorIndex(): Promise<'made' | 'kept' | 'too few rows' | 'busy' | 'not allowed'> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ ...(await serverConfig()), options: '-c lock_timeout=5s' });
  await client.connect();
  try {
    const state = await findVectorIndexState(client);
    const { kind, rows, madeAtRows, isAllowed } = state;
    log('info', 'the vectors of facts are searched by this kind of index where a scope is large', {
      kind,
      rows,
      made_at_rows: madeAtRows,
    });
    if (rows < FEWEST_ROWS) return 'too few rows';
    if (madeAtRows !== null && rows < madeAtRows * GROWTH) return 'kept';
    if (!isAllowed) {
      log(
        'warning',
        'the index of vectors is due, and this login does not act for the owner of the table: grant it the role',
        { kind, rows },
      );
      return 'not allowed';
    }
    if (!(await lockVectorIndex(client))) return 'busy';
    if (kind === 'scann') await client.query(`load 'alloydb_scann'`);
    await createVectorIndex(client, state);
    log('info', 'the index of vectors was made', { kind, rows });
    return 'made';
  } finally {
    await client.end();
  }
}
