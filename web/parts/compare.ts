import workerUrl from './diff.worker.ts?worker&url';
import { type Diff, type DiffInput, diffOf } from './diff-rows.ts';
import { startWorker } from './worker-policy.ts';
import { requestsOf } from './worker-requests.ts';

const ask = requestsOf<DiffInput, Diff>(() => startWorker(workerUrl), 15_000);

/** Compares two texts in the shared worker, or for at most 100 ms here when no worker can be started. */
export async function compare(before: string, after: string): Promise<Diff> {
  return (await ask({ before, after, timeout: 2_000 })) ?? diffOf({ before, after, timeout: 100 });
}
