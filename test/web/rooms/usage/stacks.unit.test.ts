import { expect, test } from 'vitest';
import { seriesOf } from '../../../../web/rooms/usage/stacks.ts';

const period = { from: '2026-03-01', to: '2026-03-03' };
const part = (day: string, name: string | null, cost: string, calls = 1) => ({
  day,
  part: name,
  calls,
  input_tokens: 10,
  output_tokens: 2,
  cost_usd: cost,
});
const words = { nameOf: (name: string | null) => name ?? 'none', others: 'Others' };

test('makes a value for each day and puts the highest sum first', () => {
  const parts = [part('2026-03-03', 'turn', '0.5'), part('2026-03-01', 'turn', '0.25'), part('2026-03-02', null, '2')];
  expect(seriesOf(parts, period, { ...words, measure: 'cost' })).toEqual([
    { key: '', label: 'none', values: [0, 2, 0] },
    { key: 'turn', label: 'turn', values: [0.25, 0, 0.5] },
  ]);
  expect(seriesOf(parts, period, { ...words, measure: 'tokens' })[0]).toMatchObject({
    key: 'turn',
    values: [12, 0, 12],
  });
  expect(seriesOf(parts, period, { ...words, measure: 'calls' })[0]?.values).toEqual([1, 0, 1]);
});

test('adds up what is more than six', () => {
  const parts = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, index) => part('2026-03-01', name, '1', 10 - index));
  const series = seriesOf(parts, period, { ...words, measure: 'calls' });
  expect(series.map(({ label }) => label)).toEqual(['a', 'b', 'c', 'd', 'e', 'Others']);
  expect(series.at(-1)?.values).toEqual([9, 0, 0]);
  expect(seriesOf(parts.slice(1), period, { ...words, measure: 'calls' })).toHaveLength(6);
});

test('leaves out days that are not of the period', () => {
  expect(seriesOf([part('2026-03-04', 'turn', '1')], period, { ...words, measure: 'cost' })).toEqual([]);
});
