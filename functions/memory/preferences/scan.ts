import type { Scoped } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import { claimUnscannedRuns, lockPreferences, updateStaging } from '../sql/preference.ts';
import { type Staged, StagingQueue } from './hub.ts';
import { normalise } from './normalise.ts';

/** Older ones that nobody decided make room. */
const MOST_STAGED = 200;
const RUNS_A_SCAN = 100;

export interface Scanned {
  scanned_runs: number;
  staged: number;
}

/**
 * Reads what the scope's person wrote in runs of his that ended and were not read yet, and stages the preferences in it, in one transaction with the runs' mark: each run
 * is read once. Only his own words count; what workers wrote says nothing about him. What he was asked before is not staged again while it waits.
 */
export async function scanRuns(person: Scoped): Promise<Scanned> {
  return person.transaction(async (transaction) => {
    const row = await lockPreferences(transaction);
    const runs = await claimUnscannedRuns(transaction, RUNS_A_SCAN);
    const waiting = StagingQueue.parse(row.staging_queue).items;
    const keyOf = ({ hub, field, value }: Pick<Staged, 'hub' | 'field' | 'value'>) => `${hub} ${field} ${value}`;
    const known = new Set(waiting.map(keyOf));
    const fresh: Staged[] = [];
    for (const run of runs) {
      for (const found of normalise(run.query)) {
        if (known.has(keyOf(found))) continue;
        known.add(keyOf(found));
        fresh.push({ ...found, id: createId('pref'), source_id: run.id, created_at: run.created_at });
      }
    }
    if (fresh.length > 0) await updateStaging(transaction, { items: [...waiting, ...fresh].slice(-MOST_STAGED) });
    return { scanned_runs: runs.length, staged: fresh.length };
  });
}
