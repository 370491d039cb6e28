/** A series of a bar chart: its values in the order of the categories. */
export interface BarSeries {
  key: string;
  label: string;
  values: readonly number[];
}

export interface BarCategory {
  key: string;
  /** The short label of the axis. */
  label: string;
  /** The name in the table and in the readout. */
  title?: string;
}

/** A part of a bar in the units of the values: it goes from `from` to `to`. */
export interface BarPart {
  series: number;
  from: number;
  to: number;
}

/** Returns at most `count` + 1 round values from 0 to at least the greatest sum. */
export function ticksOf(max: number, count = 4): number[] {
  if (!(max > 0) || !Number.isFinite(max)) return [0, 1];
  const raw = max / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw * (1 - 1e-9)) ?? 10) * power;
  const ticks = [0];
  for (let index = 1; index <= count && (ticks.at(-1) ?? 0) < max * (1 - 1e-9); index += 1) ticks.push(index * step);
  return ticks;
}

/** Returns the parts of each bar, from the axis upwards. Values below zero and missing values have no height. */
export function stacksOf(series: readonly BarSeries[], categories: number): BarPart[][] {
  return Array.from({ length: categories }, (_, category) => {
    let top = 0;
    return series.map(({ values }, index) => {
      const from = top;
      top += Math.max(0, finite(values[category]));
      return { series: index, from, to: top };
    });
  });
}

export function maxOf(stacks: readonly BarPart[][]): number {
  return stacks.reduce((max, parts) => Math.max(max, parts.at(-1)?.to ?? 0), 0);
}

/** Returns the rows of the table form: a row a category, a cell a series, and the sum when there are several series. */
export function tableOf(
  series: readonly BarSeries[],
  categories: readonly BarCategory[],
): { title: string; cells: number[]; sum: number }[] {
  return categories.map(({ label, title }, index) => {
    const cells = series.map(({ values }) => finite(values[index]));
    return { title: title ?? label, cells, sum: cells.reduce((sum, value) => sum + value, 0) };
  });
}

/** Returns which labels of the axis have room, every n-th from the last. */
export function labelledOf(count: number, width: number, labelWidth: number): boolean[] {
  const every = Math.max(1, Math.ceil((count * labelWidth) / Math.max(1, width)));
  return Array.from({ length: count }, (_, index) => (count - 1 - index) % every === 0);
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0;
}
