import { expect, it } from 'vitest';
import { foreseeCost } from '../../../functions/agents/council/foresee-cost.ts';

const AT = new Date('2026-12-01T00:00:00Z');
const PRICES = { 'openai/own': { input_per_million: '1', output_per_million: '10' } };
const council = (rounds: number, members = 2, mode: 'deliberation' | 'vote' = 'deliberation') => ({
  question: '',
  agents: Array.from({ length: members }, (_, index) => ({ name: `M${index}`, persona: '', model: 'openai/own' })),
  chair_model: 'openai/own',
  rounds,
  mode,
});
const foresee = (...given: Parameters<typeof council>) => foreseeCost(council(...given), PRICES, AT);

it('foresees a call of each member and of the chair in each round, and one of each member in a vote', () => {
  expect(foresee(3, 5).calls).toBe(18);
  expect(foresee(3, 5, 'vote').calls).toBe(5);
});

it('is exact: tokens times the configured price, in decimals', () => {
  // Members read 850 and write 600 tokens; the chair reads 850 + 2 · 190 and writes 1,100.
  expect(foresee(1)).toEqual({ calls: 3, foreseen_usd: '0.02593' });
  expect(foresee(9, 2, 'vote')).toEqual({ calls: 2, foreseen_usd: '0.0137' });
});

it('grows with each round by what the rounds before have said', () => {
  const [one = 0, two = 0, three = 0] = [1, 2, 3].map((rounds) => Number(foresee(rounds).foreseen_usd));
  // Members read 2 · 190 + 350 tokens more in the second round, and 2 · 70 + 350 more in each later one, as the chair.
  expect(two - one - one).toBeCloseTo(0.00195, 10);
  expect(three - two - (two - one)).toBeCloseTo(0.00147, 10);
});

it('costs nothing with the rehearsal, and with each model what that model costs', () => {
  const free = council(2).agents.map((member) => ({ ...member, model: 'rehearsal/scripted-team-1' }));
  expect(foreseeCost({ ...council(2), agents: free, chair_model: free[0]?.model ?? '' }, PRICES, AT).foreseen_usd).toBe(
    '0',
  );
  const mixed = [council(1).agents[0], free[1]].flatMap((member) => member ?? []);
  expect(foreseeCost({ ...council(1), mode: 'vote', agents: mixed }, PRICES, AT).foreseen_usd).toBe('0.00685');
});
