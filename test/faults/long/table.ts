import type { Load } from './load.ts';
import { CANCEL_SECONDS, type Setting } from './settings.ts';
import type { Verdict } from './verdict.ts';

/** The measurements of one setting. */
export interface SettingResult {
  setting: Setting;
  load: Load;
  verdict: Verdict;
  faults: ReadonlyMap<string, number>;
  recoverySeconds: readonly number[];
  /** Number of killed workers' nodes that were not claimed again. */
  unrecovered: number;
  /** Number of runs that ended before the faults ended. */
  endedDuringFaults: number;
  wallSeconds: number;
  errorLines: number;
}

/** Returns the table that is printed. */
export function tableOf(result: SettingResult): string {
  const { setting, load, verdict, faults } = result;
  const total = [...faults.values()].reduce((sum, count) => sum + count, 0);
  const kinds = [...faults]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([kind, count]) => [`  ${kind}`, String(count)]);
  const rows = [
    [
      `${setting.name}: lease ${setting.leaseSeconds} s, sweeps every ${setting.sweepMs / 1000} s, ${setting.workers} workers, seed ${setting.seed}`,
      '',
    ],
    ['runs accepted', String(load.runs.length)],
    ['  completed / cancelled', `${verdict.completed} / ${verdict.cancelled}`],
    ['  ended while the faults lasted', String(result.endedDuringFaults)],
    ['faults injected', String(total)],
    ...kinds,
    ['lost', String(verdict.lost.length)],
    ['doubled', String(verdict.doubled.length)],
    ['stuck', String(verdict.stuck.length)],
    ['gaps in events', String(verdict.gaps.length)],
    ['requests refused', String(load.refused.length)],
    ['next progress after a kill, p50 / p99 / max', percentiles(result.recoverySeconds)],
    ['cancel, p50 / p99 / max', percentiles(load.cancelSeconds)],
    ['error lines of the workers', String(result.errorLines)],
    ['wall time', `${Math.round(result.wallSeconds)} s`],
  ];
  const width = Math.max(...rows.map(([name]) => name?.length ?? 0));
  return rows.map(([name = '', value]) => `${name.padEnd(width + 2)}${value}`).join('\n');
}

/** Returns a line for each broken promise. */
export function brokenPromises({
  setting,
  load,
  verdict,
  recoverySeconds,
  unrecovered,
  endedDuringFaults,
}: SettingResult): string[] {
  const broken = Object.entries({
    lost: verdict.lost,
    doubled: verdict.doubled,
    stuck: verdict.stuck,
    'gaps in events': verdict.gaps,
    refused: load.refused,
  }).flatMap(([name, lines]) => lines.slice(0, 10).map((line) => `${name}: ${line}`));
  const recovery = percentile(recoverySeconds, 0.99);
  if (recovery > setting.recoverySeconds)
    broken.push(`next progress after a kill took ${recovery.toFixed(1)} s at p99`);
  if (unrecovered > 0) broken.push(`${unrecovered} nodes of killed workers were never claimed again`);
  const cancel = percentile(load.cancelSeconds, 0.99);
  if (cancel > CANCEL_SECONDS) broken.push(`cancelling took ${cancel.toFixed(1)} s at p99`);
  if (endedDuringFaults === 0) broken.push('no run ended while the faults lasted');
  return broken;
}

function percentiles(values: readonly number[]): string {
  if (values.length === 0) return 'none';
  const [half, most, max] = [0.5, 0.99, 1].map((part) => percentile(values, part).toFixed(2));
  return `${half} / ${most} / ${max} s (${values.length})`;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? 0;
}
