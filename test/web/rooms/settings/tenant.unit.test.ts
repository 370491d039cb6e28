import { expect, test } from 'vitest';
import {
  limitsChange,
  limitsDraft,
  modelChange,
  modelDrafts,
  priceChange,
  priceDrafts,
} from '../../../../web/rooms/settings/tenant.ts';

const tenant = {
  name: 'Engines',
  budget_usd_per_day: 5,
  max_concurrent_sprints: 3,
  max_parallel_nodes: 10,
  allowed_hosts: ['registry.npmjs.org'],
};

test('sends only the limits that the draft changes', () => {
  const draft = limitsDraft(tenant);
  expect(limitsChange(tenant, draft)).toEqual({});
  expect(limitsChange(tenant, { ...draft, name: ' Engines ', hosts: 'registry.npmjs.org\n' })).toEqual({});
  expect(limitsChange(tenant, { ...draft, budget: '', concurrent: '4' })).toEqual({
    budget_usd_per_day: null,
    max_concurrent_sprints: 4,
  });
  expect(limitsChange(tenant, { ...draft, hosts: 'a.example, b.example\nc.example' })).toEqual({
    allowed_hosts: ['a.example', 'b.example', 'c.example'],
  });
});

test('does not take a budget that is no number for no limit', () => {
  const draft = limitsDraft({ ...tenant, budget_usd_per_day: null });
  expect(limitsChange({ ...tenant, budget_usd_per_day: null }, { ...draft, budget: 'five' })).toEqual({
    budget_usd_per_day: Number.NaN,
  });
  expect(limitsChange(tenant, { ...draft, budget: '5', concurrent: ' ' })).toEqual({
    max_concurrent_sprints: Number.NaN,
  });
});

test('sends the models that changed, and null for a worker without its own', () => {
  const config = {
    default: { provider: 'gemini' as const, model: 'flash', capabilities: { context_window: 1000 } },
    backend: { provider: 'openai' as const, model: 'qwen3' },
    ancient: { provider: 'claude' as const, model: 'sonnet' },
  };
  const rows = modelDrafts(config);
  expect(rows.at(-1)).toEqual({ worker: 'ancient', provider: 'claude', model: 'sonnet' });
  expect(modelChange(config, rows)).toEqual({});
  const changed = rows.map((row) => {
    if (row.worker === 'backend') return { ...row, provider: '', model: '' };
    return row.worker === 'chef' ? { ...row, provider: 'qwen', model: ' qwen-plus ' } : row;
  });
  expect(modelChange(config, changed)).toEqual({ backend: null, chef: { provider: 'qwen', model: 'qwen-plus' } });
});

test('sends the prices that changed, and null for a removed or renamed one', () => {
  const prices = {
    'openai/a': { input_per_million: '0.1', output_per_million: '0.2', cached_input_per_million: '0.05' },
    'openai/b': { input_per_million: '1', output_per_million: '2' },
  };
  const [first, second] = priceDrafts(prices);
  if (first === undefined || second === undefined) throw new Error('There are two prices');
  expect(priceChange(prices, [first, second])).toEqual({});
  expect(priceChange(prices, [first, second, { model: '', input: '', output: '', cached: '' }])).toEqual({});
  expect(
    priceChange(prices, [
      { ...first, cached: '' },
      { ...second, model: 'openai/c' },
    ]),
  ).toEqual({
    'openai/a': { input_per_million: '0.1', output_per_million: '0.2' },
    'openai/b': null,
    'openai/c': { input_per_million: '1', output_per_million: '2' },
  });
});
