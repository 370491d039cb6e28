import { expect, it } from 'vitest';
import type { ModelTurn } from '../../../functions/platform/models/model.ts';
import { NOTHING_HANDED_OUT, requireHandOut } from '../../../functions/runs/planning/hand-out.ts';
import type { ToolCallRow } from '../../../functions/runs/sql/turn.ts';

const chef = { name: 'plan', worker: 'chef' };
const usage = { input_tokens: 1, output_tokens: 1, cached_tokens: 0 };
const plan: ModelTurn = { text: 'My plan.', tool_calls: [], finish_reason: 'stop', usage };
const sent: ToolCallRow = {
  turn: 0,
  call_index: 0,
  call_id: 'a',
  name: 'send_message',
  arguments: {},
  status: 'completed',
  output: 'Sent.',
  is_error: false,
  attempts: 0,
  started_at: '2026-11-29T00:00:00Z',
  fault: undefined,
};

it('is a fault of a plan with which nobody got a message', () => {
  const refused = { ...sent, is_error: true };
  for (const calls of [[], [refused], [{ ...sent, name: 'recall' }]])
    expect(requireHandOut(chef, plan, calls).fault).toBe(NOTHING_HANDED_OUT);
  expect(requireHandOut(chef, plan, [refused, sent])).toBe(plan);
});

it('leaves other answers and other nodes alone', () => {
  const works: ModelTurn = { ...plan, tool_calls: [{ id: 'a', name: 'recall', arguments: {} }] };
  const cut: ModelTurn = { ...plan, finish_reason: 'length', fault: 'Go on.' };
  for (const turn of [works, cut]) expect(requireHandOut(chef, turn, [])).toBe(turn);
  for (const node of [
    { name: 'summary', worker: 'chef' },
    { name: 'backend', worker: 'backend' },
    { name: 'plan', worker: 'planner' },
  ])
    expect(requireHandOut(node, plan, [])).toBe(plan);
});
