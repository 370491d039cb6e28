import { daysOf } from './period.ts';

/** Bars of a report: a bar a day, a part a kind, model or worker. Pure. */

export type Measure = 'cost' | 'tokens' | 'calls';

/** A part of a day, as a report has it. */
export interface DayPart {
  day: string;
  part: string | null;
  calls: number;
  input_tokens: number;
  output_tokens: number;
  cost_usd: string;
}

interface Series {
  key: string;
  label: string;
  values: number[];
}

/** The most parts of a bar: those with the highest sums, and the sum of all others. */
const MOST_SERIES = 6;

/** Returns the series of all days of a period, the highest sum first. Days without a call are zero. */
export function seriesOf(
  parts: readonly DayPart[],
  period: { from: string; to: string },
  { measure, nameOf, others }: { measure: Measure; nameOf: (part: string | null) => string; others: string },
): Series[] {
  const places = new Map(daysOf(period.from, period.to).map((day, index) => [day, index]));
  const byPart = new Map<string | null, number[]>();
  for (const part of parts) {
    const place = places.get(part.day);
    if (place === undefined) continue;
    const values = byPart.get(part.part) ?? Array.from({ length: places.size }, () => 0);
    values[place] = (values[place] ?? 0) + heightOf(part, measure);
    byPart.set(part.part, values);
  }
  const all = [...byPart]
    .map(([part, values]) => ({ key: part ?? '', label: nameOf(part), values, sum: sumOf(values) }))
    .sort((one, other) => other.sum - one.sum);
  const shown = all.length <= MOST_SERIES ? all : all.slice(0, MOST_SERIES - 1);
  const rest = all.slice(shown.length);
  const series = shown.map(({ key, label, values }) => ({ key, label, values }));
  if (rest.length === 0) return series;
  const values = [...places.values()].map((place) => sumOf(rest.map((one) => one.values[place] ?? 0)));
  return [...series, { key: 'others', label: others, values }];
}

/** The height of a bar; the tables have the exact amounts. */
function heightOf(part: DayPart, measure: Measure): number {
  if (measure === 'cost') return Number(part.cost_usd);
  return measure === 'calls' ? part.calls : part.input_tokens + part.output_tokens;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
