import type { Scoped } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import { claimUnscannedRuns, lockPreferences, updateStaging } from '../sql/preference.ts';
import { extractPreferences } from './extract-preferences.ts';
import { type StagedPreference, StagingQueue } from './preference.ts';

/** When the queue is full, the oldest undecided preferences are dropped. */
const MOST_STAGED = 200;
const RUNS_PER_SCAN = 100;

interface ScanResult {
  scanned_runs: number;
  staged: number;
}

/**
 * Reads what the user wrote in their ended runs and stages the preferences in it. Each run is read once: it is marked
 * in the transaction that stages. What workers wrote is not read. A preference that waits already is not staged again.
 */
export async function scanRuns(scoped: Scoped): Promise<ScanResult> {
  return scoped.transaction(async (transaction) => {
    const row = await lockPreferences(transaction);
    const runs = await claimUnscannedRuns(transaction, RUNS_PER_SCAN);
    const waiting = StagingQueue.parse(row.staging_queue).items;
    const keyOf = ({ hub, field, value }: Pick<StagedPreference, 'hub' | 'field' | 'value'>) =>
      `${hub} ${field} ${value}`;
    const known = new Set(waiting.map(keyOf));
    const added: StagedPreference[] = [];
    for (const run of runs) {
      for (const found of extractPreferences(run.query)) {
        if (known.has(keyOf(found))) continue;
        known.add(keyOf(found));
        added.push({ ...found, id: createId('pref'), source_id: run.id, created_at: run.created_at });
      }
    }
    if (added.length > 0) await updateStaging(transaction, { items: [...waiting, ...added].slice(-MOST_STAGED) });
    return { scanned_runs: runs.length, staged: added.length };
  });
}
