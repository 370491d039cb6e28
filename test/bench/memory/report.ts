import type { Machine } from '../machine.ts';
import { type BeliefResult, HALVES } from './beliefs.ts';
import type { CranfieldResult } from './cranfield.ts';
import type { EvidenceFigures } from './evidence.ts';
import type { LanguageFigures } from './languages.ts';
import type { LongMemEvalResult } from './longmemeval.ts';
import { type LocomoResult, OURS, RECALL_AIM, TOKENS_AIM } from './measure-locomo.ts';
import { RECALL_SCALE_AIM, type ScaleResult } from './scale.ts';
import type { WayInResult } from './way-in.ts';

/** All results of a run; a part that did not run is left out. */
export interface MemoryReport {
  machine: Machine;
  locomo?: LocomoResult;
  longmemeval?: LongMemEvalResult;
  cranfield?: CranfieldResult;
  beliefs?: BeliefResult;
  languages?: LanguageFigures[];
  scale?: ScaleResult;
  way_in?: WayInResult;
}

/** Renders the report as text. */
export function tableOfMemory({
  machine,
  locomo,
  longmemeval,
  cranfield,
  beliefs,
  languages,
  scale,
  way_in: wayIn,
}: MemoryReport): string {
  const postgres = machine.postgres === null ? 'embedded database' : `PostgreSQL ${machine.postgres}`;
  return [
    `Node ${machine.node}, ${postgres}, ${machine.cpu_count} × ${machine.cpu}, load before: ${machine.load_before}. No neural weights.`,
    ...(locomo ? locomoLines(locomo) : []),
    ...(longmemeval
      ? [
          '',
          `LongMemEval, ${longmemeval.haystacks} haystacks, ${longmemeval.questions} questions: session recall@5 ${longmemeval.recall_5} %, one of them ${longmemeval.any_5} %`,
        ]
      : []),
    ...(cranfield
      ? [
          '',
          `Cranfield, ${cranfield.documents} documents, ${cranfield.queries} queries: nDCG@10 ${cranfield.ndcg_10} %`,
        ]
      : []),
    ...(beliefs ? beliefLines(beliefs) : []),
    ...(languages ? languageLines(languages) : []),
    ...(scale ? scaleLines(scale) : []),
    ...(wayIn ? wayInLines(wayIn) : []),
    '',
  ].join('\n');
}

const COLUMNS: readonly [keyof EvidenceFigures, string][] = [
  ['questions', 'n'],
  ['recall_5', 'R@5'],
  ['recall_10', 'R@10'],
  ['recall_20', 'R@20'],
  ['mrr', 'MRR'],
  ['tokens_500', '500 t'],
  ['tokens_1000', '1000 t'],
  ['tokens_2000', '2000 t'],
  ['tokens_4000', '4000 t'],
];

function locomoLines({ conversations, methods, search_p50_ms, search_p95_ms }: LocomoResult): string[] {
  const ours = methods[OURS]?.all;
  return [
    '',
    `LoCoMo, evidence found in ${conversations} conversations, percent: among the first k, and within t tokens; by kind of question`,
    `  ${''.padEnd(42)}${COLUMNS.map(([, title]) => title.padStart(8)).join('')}`,
    ...Object.entries(methods).flatMap(([method, kinds]) =>
      Object.entries(kinds).map(([kind, figures]) => {
        const name = kind === 'all' ? method : `    ${kind}`;
        return `  ${name.padEnd(42)}${COLUMNS.map(([column]) => String(figures[column]).padStart(8)).join('')}`;
      }),
    ),
    `  => recall@10 ${ours?.recall_10} (aim: at least ${RECALL_AIM}), within 2,000 tokens ${ours?.tokens_2000} (aim: at least ${TOKENS_AIM})`,
    `  a search over HTTP: p50 ${search_p50_ms} ms, p95 ${search_p95_ms} ms`,
  ];
}

function beliefLines(beliefs: BeliefResult): string[] {
  return [
    '',
    'Beliefs by rules: two facts added by hand, percent of the labelled pairs that were judged wrongly',
    ...HALVES.map((half) => {
      const { pairs, ...rates } = beliefs[half];
      return `  ${half} (${pairs} pairs): false supersession ${rates.false_supersession}, missed supersession ${rates.missed_supersession}, false same ${rates.false_same}, missed same ${rates.missed_same}`;
    }),
  ];
}

function languageLines(figures: readonly LanguageFigures[]): string[] {
  const columns = ['fact_1', 'fact_10', 'turn_1', 'turn_10'] as const;
  return [
    '',
    'Languages, full text only: the fact or turn that answers is first, and among ten of forty, percent of 20 questions',
    `  ${''.padEnd(14)}${['fact@1', 'fact@10', 'turn@1', 'turn@10'].map((title) => title.padStart(9)).join('')}`,
    ...figures.map(
      (row) => `  ${row.language.padEnd(14)}${columns.map((column) => String(row[column]).padStart(9)).join('')}`,
    ),
  ];
}

function scaleLines({ facts, rows, index, searches, recalls }: ScaleResult): string[] {
  return [
    '',
    `Scale: ${rows} facts of 768 dimensions in one table, of them ${facts} in the large tenant; vector index: ${index}`,
    ...searches.map(
      ({ label, p50_ms, p95_ms, ratio }) =>
        `  ${label.padEnd(42)} p50 ${p50_ms} ms, p95 ${p95_ms} ms, ${ratio} × a read by primary key (p95)`,
    ),
    ...recalls.map(
      ({ label, share, recall }) =>
        `  => recall@10 by vectors, ${label} (${share} %): ${recall} (aim: at least ${RECALL_SCALE_AIM}) ${recall >= RECALL_SCALE_AIM ? 'reached' : 'NOT reached'}`,
    ),
  ];
}

function wayInLines(result: WayInResult): string[] {
  return [
    '',
    `Way in: ${result.sessions} sessions of ${result.turns} turns, each until its commit is answered over HTTP`,
    ...result.rates.map(
      ({ label, per_second, ratio }) => `  ${label.padEnd(42)} ${per_second} a second, ${ratio} of the floor`,
    ),
    `  => ${result.calls_per_session} calls of the model a session, ${result.input_tokens_per_session} tokens in, ${result.output_tokens_per_session} out (scripted; four characters a token)`,
  ];
}
