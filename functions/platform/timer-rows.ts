import { type LogFields, log } from './log.ts';
import { shutdownSignal } from './process/shutdown.ts';

export interface RowLoop<Row> {
  /** The log message for a row that failed: `a link could not be synced; the next tick tries again`. */
  failure: string;
  /** Identifies the row in the log line. */
  fieldsOf: (row: Row) => LogFields;
  /** Stops the loop before its next row. Default: the shutdown of this process. */
  signal?: AbortSignal;
}

export interface RowCounts {
  /** Rows whose handler returned anything but false. */
  done: number;
  /** Rows whose handler threw. */
  failed: number;
}

/**
 * Handles the rows of a timer one after the other. A row whose handler throws is logged as a warning and counted, and
 * the loop goes on, so one broken row never blocks the others. A handler returns false for a row that needed no work
 * any more; that row is not counted.
 */
export async function forEachRow<Row>(
  rows: readonly Row[],
  { failure, fieldsOf, signal = shutdownSignal }: RowLoop<Row>,
  handle: (row: Row) => Promise<unknown>,
): Promise<RowCounts> {
  const counts: RowCounts = { done: 0, failed: 0 };
  for (const row of rows) {
    if (signal.aborted) break;
    try {
      if ((await handle(row)) !== false) counts.done += 1;
    } catch (error) {
      counts.failed += 1;
      log('warning', failure, { ...fieldsOf(row), error });
    }
  }
  return counts;
}
