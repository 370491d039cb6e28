import { parseAnswer } from '../../models/parse-json.ts';
import { unescapeShown } from '../../models/show-as-data.ts';
import { extendCover } from '../cover.ts';
import { addEntries, LISTS, SummaryEntries, summaryText } from '../summary.ts';
import type { SummaryPlan } from '../summary-plan.ts';
import { planSummary } from './plan-summary.ts';
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
    return text === '' ? 'empty' : { kind: 'summary', covers: coverOf(plan), text };
  },
};

/**
 * Replaces the oldest messages by lists of goals, decisions, preferences, facts, open questions and references. A model
 * writes the entries of the new part only; the entries that are known are kept word for word.
 */
export const structuredSummary: SummaryStrategy = {
  name: 'structured_summary',
  reduce(draft, frame) {
    const { summary: before } = draft;
    const isKnown = before?.kind === 'structured_summary';
    const tag = isKnown ? 'known' : 'earlier';
    return planSummary(draft, frame, {
      kind: 'structured_summary',
      schema: SummaryEntries,
      known: isKnown ? summaryText(before) : '',
      file: new URL('../structured-summary.md', import.meta.url),
      earlier: before === undefined ? '' : `<${tag}>\n${summaryText(before)}\n</${tag}>\n`,
    });
  },
  read(plan, answer) {
    if (answer.trim() === '') return 'empty';
    const parsed = parseAnswer(SummaryEntries, answer);
    if (!parsed.success) return 'invalid';
    const before = plan.frame.input.earlier;
    const known = before?.kind === 'structured_summary' ? before : undefined;
    const unescaped = Object.entries(parsed.data).map(([list, entries]) => [list, entries.map(unescapeShown)]);
    const entries = SummaryEntries.parse(Object.fromEntries(unescaped));
    if (LISTS.every((list) => entries[list].length === 0 && (known?.entries[list] ?? []).length === 0)) return 'empty';
    const isShortEnough = (text: string) => plan.frame.measure(text) <= plan.mostTokens;
    return addEntries(known, { covers: coverOf(plan), entries }, (next) => isShortEnough(summaryText(next)));
  },
};

function coverOf({ frame, messages }: SummaryPlan) {
  return extendCover(frame.input, messages);
}
