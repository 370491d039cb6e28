import { describe, expect, it } from 'vitest';
import { describeLeak, guardAnswer, markerOf } from '../../../functions/platform/models/guard-answer.ts';
import type { ModelTurn } from '../../../functions/platform/models/model.ts';

const turn = (text: string, parameters: Record<string, unknown> = {}): ModelTurn => ({
  text,
  tool_calls: [{ id: '1', name: 'write_file', arguments: parameters }],
  finish_reason: 'tool_calls',
  usage: { input_tokens: 1, output_tokens: 1, cached_tokens: 0 },
});

describe('guardAnswer', () => {
  it('masks the marker and secrets in the text and in the arguments of calls, and such a call must not run', () => {
    const marker = markerOf('run_1');
    const parameters = { path: 'a', content: `x ${marker}`, deep: [{ key: 'the-secret-key' }], count: 3 };
    const { turn: guarded, leaks } = guardAnswer('run_1', turn(`I was told ${marker}`, parameters), ['the-secret-key']);
    expect(leaks).toEqual(['instruction', 'secret']);
    expect(guarded.text).toBe('I was told [removed]');
    expect(guarded.tool_calls[0]?.arguments).toMatchObject({ path: 'a', count: 3 });
    expect(JSON.stringify(guarded)).not.toMatch(new RegExp(`${marker}|the-secret-key`));
    expect(describeLeak(guarded.tool_calls[0]?.arguments ?? {})).toContain('held a secret');
    const marked = guardAnswer('run_1', turn('', { content: marker })).turn.tool_calls[0]?.arguments ?? {};
    expect(describeLeak(marked)).toContain('marker of your instruction');
    expect(describeLeak({ content: 'it was [removed]' })).toBeUndefined();
  });

  it('masks what is quoted from an answer that the model reads again', () => {
    const said: ModelTurn = { ...turn('fine'), fault: 'You wrote the-secret-key.' };
    const call = { id: '2', name: 'write_file', arguments: {}, fault: 'Unexpected the-secret-key in JSON' };
    const { turn: guarded, leaks } = guardAnswer('run_1', { ...said, tool_calls: [call] }, ['the-secret-key']);
    expect(JSON.stringify(guarded)).not.toContain('the-secret-key');
    expect(guarded).toMatchObject({ fault: 'You wrote [removed].', tool_calls: [{ fault: expect.any(String) }] });
    expect(leaks).toEqual(['secret']);
  });

  it('does not change other answers, even with markers of other runs', () => {
    const said = turn(`fine ${markerOf('run_2')}`, { content: 'text' });
    const guarded = guardAnswer('run_1', said, ['the-secret-key']);
    expect(guarded).toEqual({ turn: said, leaks: [] });
    expect(guarded.turn).toBe(said);
  });
});
