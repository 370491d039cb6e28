import type { Machine } from '../../bench/machine.ts';
import { sumOf, WEIGHT_BUDGETS, type Weights } from '../support/weight.ts';
import type { ChatAnswerResult } from './chat-answer.ts';
import type { InteractionResult } from './interactions.ts';
import type { LoadResult } from './loads.ts';
import type { LongRunResult } from './long-list.ts';

/** The budgets of the console apart from its weight. Times hold on a quiet machine. */
const BUDGETS = {
  laptop: { fcp: 800, lcp: 1_200 },
  slow: { fcp: 1_500, lcp: 2_500 },
  cls: 0.01,
  inp: 200,
  openMs: 500,
  frameP95: 20,
  heapMb: 120,
  longTasks: 0,
  longestTask: 50,
};

export interface Report {
  machine: Machine;
  rounds: number;
  weights: Weights;
  loads: LoadResult[];
  interactions: InteractionResult[];
  longRun: LongRunResult;
  chatAnswer: ChatAnswerResult;
}

/** Returns the report as text, a line that begins with OK or OVER for each budget. */
export function tableOf(report: Report): string {
  const { machine, rounds } = report;
  return [
    `Node ${machine.node}, ${machine.cpu_count} × ${machine.cpu}, load before: ${machine.load_before}`,
    `Medians of ${rounds} loads; each round loads an empty page and then each page, so the ratios compare the same minute.`,
    ...weightLines(report.weights),
    ...loadLines(report.loads),
    ...interactionLines(report.interactions),
    ...longRunLines(report.longRun),
    ...chatAnswerLines(report.chatAnswer),
    '',
  ].join('\n');
}

const kilobytes = (bytes: number) => Number((bytes / 1000).toFixed(1));

function weightLines({ entry, pages, lazyChunks, styles, preloadedFonts }: Weights): string[] {
  const budgets = WEIGHT_BUDGETS;
  const kb = (name: string, bytes: number, budget: number) => verdict(name, kilobytes(bytes), kilobytes(budget), 'kB');
  const [heaviest] = lazyChunks;
  return [
    '',
    'Weight of the build after Brotli',
    kb('entry', sumOf(entry), budgets.entry),
    ...pages.map(({ name, bytes }) => kb(`entry + ${name}`, bytes, budgets.entryAndPage)),
    kb(`heaviest later chunk (${heaviest?.name})`, heaviest?.bytes ?? 0, budgets.lazyChunk),
    kb('all styles', sumOf(styles), budgets.allStyles),
    kb('preloaded fonts', sumOf(preloadedFonts), budgets.preloadedFonts),
  ];
}

function loadLines(loads: LoadResult[]): string[] {
  const profiles = [...new Set(loads.map(({ profile }) => profile))];
  return profiles.flatMap((profile) => [
    '',
    `First load, empty cache, ${profile === 'slow' ? 'CPU ÷ 4, 1.6 Mbit/s, 150 ms' : 'this machine as it is'}`,
    ...loads
      .filter((load) => load.profile === profile)
      .flatMap(({ name, ...load }) => {
        const ratios = `FCP × ${load.fcpRatio}, LCP × ${load.lcpRatio} of the empty page`;
        if (name === 'empty page') return [`     ${name}: FCP ${load.fcp} ms, LCP ${load.lcp} ms`];
        return [
          verdict(`${name}: FCP`, load.fcp, BUDGETS[profile].fcp, 'ms', ratios),
          verdict(`${name}: LCP`, load.lcp, BUDGETS[profile].lcp, 'ms'),
          verdict(`${name}: CLS (worst)`, load.cls, BUDGETS.cls, ''),
        ];
      }),
  ]);
}

function interactionLines(interactions: InteractionResult[]): string[] {
  return [
    '',
    'Slowest answer to a key or click (INP)',
    ...interactions.map(({ name, profile, inp, slowest }) =>
      verdict(`${name}, ${profile}`, inp, BUDGETS.inp, 'ms', slowest),
    ),
  ];
}

function longRunLines({ openMs, openEmptyMs, frames, heapMb, emptyHeapMb, rows }: LongRunResult): string[] {
  return [
    '',
    `A run of 10,000 events (${rows} rows)`,
    verdict('address to last row, warm cache', openMs, BUDGETS.openMs, 'ms', `empty page ${openEmptyMs} ms`),
    ...frames.map(({ name, p50, p95, worst, longTasks, longestTask }) => {
      const more = `p50 ${p50}, worst ${worst} ms`;
      const tasks = longTasks === 0 ? 'no long task' : `${longTasks} long tasks, the longest ${longestTask} ms`;
      if (name.startsWith('empty rows')) return `     ${name}: frame p95 ${p95} ms, ${more}, ${tasks}`;
      return verdict(`${name}: frame p95`, p95, BUDGETS.frameP95, 'ms', `${more}, ${tasks}`);
    }),
    verdict(
      'long tasks while scrolling',
      Math.max(...frames.map(({ longTasks }) => longTasks)),
      BUDGETS.longTasks,
      'tasks',
    ),
    verdict(
      'heap with all rows, after a collection',
      heapMb,
      BUDGETS.heapMb,
      'MB',
      `list of empty rows ${emptyHeapMb} MB`,
    ),
  ];
}

function chatAnswerLines({ bytes, seconds, p50, p95, worst, longest, over50, elapsed }: ChatAnswerResult): string[] {
  const frames = `${over50} above 50 ms; frame p50 ${p50}, p95 ${p95}, worst ${worst} ms`;
  const name = 'longest task, in processor time';
  return [
    '',
    `An answer of ${bytes / 1000} kB at 100 tokens a second (${seconds} s)`,
    verdict(name, longest, BUDGETS.longestTask, 'ms', frames),
    `     with the time of other processes: ${elapsed.longTasks} long tasks, the longest ${elapsed.longestTask} ms`,
  ];
}

function verdict(name: string, value: number, budget: number, unit: string, note = ''): string {
  const holds = value <= budget ? 'OK  ' : 'OVER';
  return `${holds} ${`${name}:`.padEnd(58)} ${String(value).padStart(7)} of ${budget} ${unit}${note && `  (${note})`}`;
}
