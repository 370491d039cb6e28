import { expect, test } from 'vitest';
import {
  limitLines,
  modelLines,
  priceLines,
  rebasedLimits,
  rebasedModels,
  rebasedPrices,
} from '../../../../web/rooms/settings/rebase.ts';

const limits = { name: 'Engines', budget: '5', concurrent: '3', parallel: '10', hosts: 'a.example' };

test('limits: what the user typed stays, and everything else is as it is stored now', () => {
  const now = { ...limits, budget: '', concurrent: '4', hosts: 'a.example\nb.example' };
  const mine = { ...limits, name: 'Motors', budget: '7' };
  expect(rebasedLimits(mine, limits, now)).toEqual({ ...now, name: 'Motors', budget: '7' });
  expect(limitLines(limits, now)).toEqual([
    { label: 'Budget of a day, in US dollars', value: 'not set' },
    { label: 'Runs at the same time', value: '4' },
    { label: 'Hosts that commands may reach', value: 'a.example, b.example' },
  ]);
  expect(limitLines(limits, limits)).toEqual([]);
});

test('models: by worker', () => {
  const row = (worker: string, model: string) => ({ worker, provider: model === '' ? '' : 'qwen', model });
  const before = [row('default', 'a'), row('chef', ''), row('coder', 'c')];
  const now = [row('default', 'b'), row('chef', 'd'), row('coder', '')];
  const mine = [row('default', 'a'), row('chef', 'mine'), row('coder', 'c')];
  expect(rebasedModels(mine, before, now)).toEqual([row('default', 'b'), row('chef', 'mine'), row('coder', '')]);
  expect(modelLines(before, now)).toEqual([
    { label: 'Default', value: 'qwen/b' },
    { label: 'chef', value: 'qwen/d' },
    { label: 'coder', value: 'not set' },
  ]);
});

test('prices: rows that were added, changed and removed on both sides', () => {
  const row = (model: string, input: string) => ({ model, input, output: '1', cached: '' });
  const before = [row('kept', '1'), row('changed', '1'), row('gone', '1'), row('both', '1'), row('dropped', '1')];
  const now = [row('kept', '1'), row('changed', '2'), row('both', '3'), row('theirs', '4'), row('dropped', '9')];
  // The user changed `both`, removed `dropped`, and added `mine` and a row that has no name yet.
  const mine = [
    row('kept', '1'),
    row('changed', '1'),
    row('gone', '1'),
    row('both', '7'),
    row('mine', '5'),
    row('', ''),
  ];
  expect(rebasedPrices(mine, before, now)).toEqual([
    row('kept', '1'),
    row('changed', '2'),
    row('both', '7'),
    row('mine', '5'),
    row('', ''),
    row('theirs', '4'),
  ]);
  expect(priceLines(before, now)).toEqual([
    { label: 'changed', value: '2 / 1' },
    { label: 'gone', value: 'not set' },
    { label: 'both', value: '3 / 1' },
    { label: 'dropped', value: '9 / 1' },
    { label: 'theirs', value: '4 / 1' },
  ]);
});
