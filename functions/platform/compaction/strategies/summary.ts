import { unescapeShown } from '../../models/show-as-data.ts';
import { summaryText } from '../summary.ts';
import { allCovered, planSummary } from './plan-summary.ts';
import type { SummaryStrategy } from './strategy.ts';

/** Replaces the oldest messages by a text that a model writes. The earlier summary is an input of the next one. */
export const summary: SummaryStrategy = {
  name: 'summary',
  reduce: (draft, frame) =>
    planSummary(draft, frame, {
      kind: 'summary',
      schema: undefined,
      file: new URL('../summary.md', import.meta.url),
      earlier: draft.summary === undefined ? '' : `<earlier>\n${summaryText(draft.summary)}\n</earlier>\n`,
    }),
  read(plan, answer) {
    const text = unescapeShown(answer).trim();
    if (text === '') return 'empty';
    return { kind: 'summary', covers: allCovered(plan), text };
  },
};
