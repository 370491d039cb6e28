import type { FaultBench } from '../bench/bench.ts';
import { differences, type Outcome, outcomeOf } from '../bench/oracle.ts';
import type { Load, LoadedRun } from './load.ts';
import { type Kind, withoutMark } from './mixed-play.ts';

/** What of the promise was broken, run by run. */
export interface Verdict {
  completed: number;
  cancelled: number;
  lost: string[];
  doubled: string[];
  stuck: string[];
  gaps: string[];
}

/** Compares every run with the one of its kind that nothing disturbed. */
export async function judge(bench: FaultBench, load: Load, faultFree: Record<Kind, Outcome>): Promise<Verdict> {
  const verdict: Verdict = { completed: 0, cancelled: 0, lost: [], doubled: [], stuck: [], gaps: [] };
  for (const run of load.runs) await judgeRun(bench, run, faultFree[run.kind], verdict);
  return verdict;
}

async function judgeRun(bench: FaultBench, run: LoadedRun, expected: Outcome, verdict: Verdict): Promise<void> {
  const found = await markless(bench, run.id).catch(() => undefined);
  if (found === undefined) return void verdict.lost.push(`${run.id}: there is no such run`);
  const { status } = found.run;
  if (!found.isGapless) verdict.gaps.push(run.id);
  if (!found.isBookedOnce) verdict.doubled.push(`${run.id}: what was booked is not what it cost`);
  if (status !== 'completed' && status !== 'cancelled' && status !== 'failed')
    return void verdict.stuck.push(`${run.id} is ${status}: ${JSON.stringify(found.nodes)}`);
  if (run.isCancelled) {
    verdict.cancelled += 1;
    if (status !== 'cancelled') verdict.lost.push(`${run.id} was cancelled and is ${status}`);
    for (const line of more(found, expected)) verdict.doubled.push(`${run.id}: ${line}`);
    return;
  }
  verdict.completed += 1;
  const lines = differences(found, expected);
  if (lines.length === 0) return;
  const doubled = more(found, expected);
  if (doubled.length > 0) verdict.doubled.push(`${run.id}: ${doubled.join('; ')}`);
  else verdict.lost.push(`${run.id}: ${lines.join('; ')}`);
}

/** The outcome without the run's mark. */
export function markless(bench: FaultBench, id: string): Promise<Outcome> {
  return outcomeOf(bench.pool, id, withoutMark);
}

/** Parts that have more than the undisturbed run, or anything twice. */
function more(found: Outcome, expected: Outcome): string[] {
  const parts = ['turns', 'calls', 'files', 'messages', 'ledger', 'memories', 'events'] as const;
  return parts.flatMap((part) => {
    const texts = found[part].map((row) => JSON.stringify(row));
    const twice = texts.filter((text, index) => texts.indexOf(text) !== index && part !== 'events');
    if (twice.length > 0) return [`${part} twice: ${twice.join()}`];
    return found[part].length > expected[part].length
      ? [`${part}: ${found[part].length} in place of ${expected[part].length}`]
      : [];
  });
}
