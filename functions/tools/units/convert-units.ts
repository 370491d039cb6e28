import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import { answer, failure, tool } from '../tool.ts';
import type { Unit } from './unit-table.ts';

/** Converts between units exactly, as fractions of the definitions of the units. */
export const convertUnits = tool({
  name: 'convert_units',
  description:
    'Converts a value between units of length, mass, volume, area, time, speed, temperature, pressure, energy, power, force, angle, frequency and data, exactly by their definitions. A result whose digits never end is rounded to 30 decimals and marked with ≈. Refuses names that mean several units, such as gallon: write us_gal or uk_gal.',
  parameters: z.strictObject({
    value: z.number(),
    from: z.string().min(1).max(50).meta({ description: 'A symbol or a name, such as km/h, lb, °F, us_gal or mile' }),
    to: z.string().min(1).max(50),
  }),
  safeToRepeat: true,
  execute: async ({ value, from, to }) => {
    const [source, target] = [await findUnit(from), await findUnit(to)];
    if (typeof source === 'string') return failure(source);
    if (typeof target === 'string') return failure(target);
    if (source.measures !== target.measures)
      return failure(`${source.symbol} measures ${source.measures}, and ${target.symbol} measures ${target.measures}.`);
    const { calculate } = await import('../calculation/evaluate.ts');
    const inBase = `${value} * ${sizeOf(source)} + ${source.zero ?? 0}`;
    const result = calculate(`(${inBase} - ${target.zero ?? 0}) / ${sizeOf(target)}`);
    if (result.status === 'refused') return failure(`The value cannot be converted: ${result.reason}.`);
    const isExact = result.isExact && ((!source.isRounded && !target.isRounded) || source === target);
    return answer(`${value} ${source.symbol} ${isExact ? '=' : '≈'} ${result.text} ${target.symbol}`);
  },
});

function sizeOf({ size }: Unit): string {
  return `(${size})`;
}

/**
 * Returns the unit of a name, or what is wrong with the name. A symbol is found as it is written, a name in any case.
 */
async function findUnit(given: string): Promise<Unit | string> {
  const { AMBIGUOUS, UNITS } = await import('./unit-table.ts');
  const name = given.trim();
  const lower = name.toLowerCase().replaceAll('_', ' ');
  const singular = lower.replace(/(?<=[a-z]{2})s$/, '').replace(/(?<=[a-z]{2})s per /, ' per ');
  const meanings = AMBIGUOUS.get(lower) ?? AMBIGUOUS.get(singular);
  const unit =
    UNITS.find(({ symbol, names }) => symbol === name || names.includes(name)) ??
    UNITS.find(({ names }) => names.includes(lower) || names.includes(singular));
  if (unit !== undefined) return unit;
  const shown = JSON.stringify(cutText(name, 50));
  if (meanings !== undefined) return `${shown} has several meanings: write ${meanings}.`;
  return `There is no unit ${shown}. The units are: ${UNITS.map(({ symbol }) => symbol).join(' ')}.`;
}
