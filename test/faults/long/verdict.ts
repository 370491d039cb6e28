import type { FaultBench } from '../bench/bench.ts';
import { type Kind, withoutMark } from '../bench/mixed-play.ts';
import { differences, type Outcome, outcomeOf } from '../bench/oracle.ts';
import type { Load, LoadedRun } from './load.ts';

/** The runs that broke a promise, by promise. */
export interface Verdict {
  completed: number;
  cancelled: number;
  lost: string[];
  doubled: string[];
  stuck: string[];
  gaps: string[];
}

/** Compares every run with the fault-free run of its kind. */
export async function judge(bench: FaultBench, load: Load, faultFree: Record<Kind, Outcome>): Promise<Verdict> {
  const verdict: Verdict = { completed: 0, cancelled: 0, lost: [], doubled: [], stuck: [], gaps: [] };
  for (const run of load.runs) await judgeRun(bench, run, faultFree[run.kind], verdict);
  return verdict;
}

async function judgeRun(bench: FaultBench, run: LoadedRun, expected: Outcome, verdict: Verdict): Promise<void> {
  const found = await outcomeWithoutMark(bench, run.id).catch(() => undefined);
  if (found === undefined) return void verdict.lost.push(`${run.id}: there is no such run`);
  const { status } = found.run;
  if (!found.isGapless) verdict.gaps.push(run.id);
  if (!found.isBookedOnce) verdict.doubled.push(`${run.id}: the ledger does not agree with the cost of the run`);
  if (status !== 'completed' && status !== 'cancelled' && status !== 'failed')
    return void verdict.stuck.push(`${run.id} is ${status}: ${JSON.stringify(found.nodes)}`);
  if (run.isCancelled) {
    verdict.cancelled += 1;
    if (status !== 'cancelled') verdict.lost.push(`${run.id} was cancelled and is ${status}`);
    for (const line of surplusOf(found, expected)) verdict.doubled.push(`${run.id}: ${line}`);
    return;
  }
  verdict.completed += 1;
  const lines = differences(found, expected);
  if (lines.length === 0) return;
  const doubled = surplusOf(found, expected);
  if (doubled.length > 0) verdict.doubled.push(`${run.id}: ${doubled.join('; ')}`);
  else verdict.lost.push(`${run.id}: ${lines.join('; ')}`);
}

/** Reads the outcome of a run without its mark. */
export function outcomeWithoutMark(bench: FaultBench, id: string): Promise<Outcome> {
  return outcomeOf(bench.pool, id, withoutMark);
}

/** Returns the parts that have duplicates, or more entries than the fault-free run. */
function surplusOf(found: Outcome, expected: Outcome): string[] {
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
