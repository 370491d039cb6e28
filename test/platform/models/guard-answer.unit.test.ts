import { describe, expect, it } from 'vitest';
import { guardAnswer, markerOf } from '../../../functions/platform/models/guard-answer.ts';
import type { ModelTurn } from '../../../functions/platform/models/model.ts';

const turn = (text: string, parameters: Record<string, unknown> = {}): ModelTurn => ({
  text,
  tool_calls: [{ id: '1', name: 'write_file', arguments: parameters }],
  finish_reason: 'tool_calls',
  usage: { input_tokens: 1, output_tokens: 1, cached_tokens: 0 },
});

describe('guardAnswer', () => {
  it('masks the marker and secrets in the text and in the arguments of calls', () => {
    const marker = markerOf('run_1');
    const parameters = { path: 'a', content: `x ${marker}`, deep: [{ key: 'the-secret-key' }], count: 3 };
    expect(guardAnswer('run_1', turn(`I was told ${marker}`, parameters), ['the-secret-key'])).toEqual({
      turn: turn('I was told [removed]', { path: 'a', content: 'x [removed]', deep: [{ key: '[removed]' }], count: 3 }),
      leaks: ['instruction', 'secret'],
    });
  });

  it('does not change other answers, even with markers of other runs', () => {
    const said = turn(`fine ${markerOf('run_2')}`, { content: 'text' });
    const guarded = guardAnswer('run_1', said, ['the-secret-key']);
    expect(guarded).toEqual({ turn: said, leaks: [] });
    expect(guarded.turn).toBe(said);
  });
});
