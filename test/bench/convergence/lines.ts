import type { ClassFigures, JudgeFigures } from '../../platform/language/claims/figures.ts';
import { rowOf, verdict } from '../lines.ts';
import type { ConvergenceResult } from './convergence.ts';
import { F1_AIM, type LabelledResult } from './labelled.ts';

/** Returns the lines of the report about the labelled pairs. */
export function labelledLines(results: readonly LabelledResult[]): string[] {
  return results.flatMap(({ model, chosen, used, duplicates, judges }) => [
    '',
    `Labelled pairs of statements, vectors of ${model}: precision / recall / F1 of each relation, and the share of each class judged rightly`,
    ...judges.flatMap(({ name, tuning, judging, distant }) => [
      rowOf(`${name}, tuning half`, ...cellsOf(tuning)),
      rowOf(`${name}, judging half`, ...cellsOf(judging)),
      rowOf(`${name}, few common words`, ...cellsOf(distant)),
    ]),
    rowOf('duplicates proposed, judging half', shown(duplicates)),
    `  weight of the cosine ${used.cosineWeight}, threshold ${used.threshold}; the tuning half says ${chosen.threshold}, with F1 of at most ${two(chosen.f1)}`,
    ...judges.slice(0, 1).map(({ judging }) => verdict('F1 on the judging half', two(judging.f1), F1_AIM, 'at least')),
  ]);
}

const two = (value: number) => Number(value.toFixed(2));

const shown = ({ precision, recall, f1 }: ClassFigures) =>
  [precision, recall, f1].map((value) => value.toFixed(2)).join('/');

function cellsOf({ agree, deny, unrelated, f1, right }: JudgeFigures): string[] {
  return [
    `agree ${shown(agree)}`,
    `deny ${shown(deny)}`,
    `unrelated ${shown(unrelated)}`,
    `F1 ${f1.toFixed(2)}`,
    Object.entries(right)
      .filter(([, share]) => !Number.isNaN(share))
      .map(([label, share]) => `${label} ${share.toFixed(2)}`)
      .join(', '),
  ];
}

/** Returns the lines of the report about convergence on a database. */
export function convergenceLines(result: ConvergenceResult): string[] {
  return [
    '',
    `Convergence over ${result.statements} statements of ${result.agents} agents, GET /api/v1/village/convergence; each answer directly after reading the statements by their index`,
    rowOf('linking a statement, four at a time', `${result.link_ms} ms each`, `${result.stored} pairs stored`),
    rowOf('reading the statements by their index', `p95 ${result.rows_p95_ms} ms`),
    rowOf(
      'the endpoint',
      `p50 ${result.endpoint_p50_ms} ms`,
      `p95 ${result.endpoint_p95_ms} ms`,
      `${result.ratio} of it`,
    ),
    `  counted: ${JSON.stringify(result.counts)}`,
    verdict(`stored of ${result.exact} pairs that comparing all finds`, result.recall, result.recall_aim, 'at least'),
  ];
}
