import { expect, test } from 'vitest';
import { calculate } from '../../../functions/tools/calculation/evaluate.ts';
import { convertUnits } from '../../../functions/tools/units/convert-units.ts';
import { AMBIGUOUS, UNITS } from '../../../functions/tools/units/unit-table.ts';
import { answerOf } from '../tool-answer.ts';

const convert = (value: number, from: string, to: string) => answerOf(convertUnits, { value, from, to });

test.each([
  [5, 'miles', 'km', '5 mi = 8.04672 km'],
  [6, 'feet', 'Inches', '6 ft = 72 in'],
  [100, '°F', 'celsius', '100 °F ≈ 37.777777777777777777777777777778 °C'],
  [-40, 'C', 'F', '-40 °C = -40 °F'],
  [0.1, 'lb', 'g', '0.1 lb = 45.359237 g'],
  [1, 'us_gal', 'l', '1 us_gal = 3.785411784 l'],
  [1, 'imperial gallons', 'uk_pt', '1 uk_gal = 8 uk_pt'],
  [1, 'GB', 'MiB', '1 GB = 953.67431640625 MiB'],
  [8, 'Mb', 'MB', '8 Mbit = 1 MB'],
  [1, 'hp', 'W', '1 hp = 745.69987158227022 W'],
  [90, 'kilometers per hour', 'm/s', '90 km/h = 25 m/s'],
  [1e-7, 'm', 'nm', '1e-7 m = 100 nm'],
  [180, 'degrees', 'rad', '180 ° ≈ 3.14159265358979323846264338327950288 rad'],
])('%d %s in %s is exact or marked', async (value, from, to, said) => {
  expect(await convert(value, from, to)).toBe(said);
});

test('keeps mW and MW apart', async () => {
  expect(await convert(1, 'MW', 'mW')).toBe('1 MW = 1000000000 mW');
});

test('refuses names with several meanings, unknown names and units of different things', async () => {
  expect(await convert(1, 'gallons', 'l')).toBe('! "gallons" has several meanings: write us_gal or uk_gal.');
  expect(await convert(1, 'fathom', 'm')).toMatch(/^! There is no unit "fathom"\. The units are: m km/);
  expect(await convert(1, 'kg', 'm')).toBe('! kg measures mass, and m measures length.');
});

test('has a size for each unit that can be computed, and no name twice', () => {
  for (const { size, zero = '0' } of UNITS)
    for (const expression of [size, zero]) expect(calculate(expression)).toMatchObject({ status: 'computed' });
  const names = UNITS.flatMap((unit) => [unit.symbol, ...unit.names]);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  expect(names.filter((name) => AMBIGUOUS.has(name))).toEqual([]);
});
