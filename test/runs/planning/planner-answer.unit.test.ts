import { expect, it } from 'vitest';
import type { ModelTurn } from '../../../functions/platform/models/model.ts';
import { asSubmission } from '../../../functions/runs/planning/planner-answer.ts';

const usage = { input_tokens: 1, output_tokens: 1, cached_tokens: 0 };
const turn = (changes: Partial<ModelTurn>): ModelTurn => ({
  text: '',
  tool_calls: [],
  finish_reason: 'stop',
  usage,
  ...changes,
});
const planner = { worker: 'planner' };

it('submits a plan that came in parts, because the output limit cut it', () => {
  const last = turn({ text: '[]}' });
  expect(asSubmission(planner, last, '{"nodes":[]}').tool_calls).toMatchObject([
    { name: 'submit_plan', arguments: { nodes: [] } },
  ]);
});

it('leaves an answer that was cut, empty or of another worker as it is', () => {
  const part = turn({ text: '{"nodes":', finish_reason: 'length', fault: 'Go on.' });
  const empty = turn({ fault: 'Your last answer was empty.' });
  for (const given of [part, empty]) expect(asSubmission(planner, given)).toBe(given);
  const text = turn({ text: '{"nodes":[]}' });
  expect(asSubmission({ worker: 'coder' }, text)).toBe(text);
});
