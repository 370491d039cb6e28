import { describe, expect, it, test } from 'vitest';
import type { ModelTurn } from '../../functions/platform/models/model.ts';
import { endAfter, wholeText } from '../../functions/runs/judge-turn.ts';

const usage = { input_tokens: 1, output_tokens: 1, cached_tokens: 0 };
const turn = (changes: Partial<ModelTurn>): ModelTurn => ({
  text: '',
  tool_calls: [],
  finish_reason: 'stop',
  usage,
  ...changes,
});
const whole = turn({ text: ' Done. ' });
const part = (text: string) => turn({ text, finish_reason: 'length', fault: 'Go on.' });
const empty = turn({ fault: 'Your last answer was empty.' });
const call = { id: 'c', name: 'read_file', arguments: {} };
const works = turn({ tool_calls: [call], finish_reason: 'tool_calls' });
const broken = turn({ tool_calls: [{ ...call, fault: 'not JSON' }], finish_reason: 'tool_calls' });

describe('endAfter', () => {
  it('completes with a text, trimmed', () => {
    expect(endAfter([], whole, 5)).toEqual({ status: 'completed', result: 'Done.' });
  });

  it('joins the parts that the output limit cut off, but not texts before a call', () => {
    const before = [turn({ text: 'Let me see. ', tool_calls: [call] }), part('One, tw'), part('o, thr')];
    expect(endAfter(before, turn({ text: 'ee.' }), 9)).toEqual({ status: 'completed', result: 'One, two, three.' });
    expect(wholeText(before, part('ee'))).toBe('One, two, three');
  });

  it('goes on after calls, a part and the first two stumbles', () => {
    for (const next of [works, part('x'), empty, broken]) expect(endAfter([works, empty], next, 9)).toBeUndefined();
  });

  it.each([
    ['empty', empty, 'the model ended without a final answer, 3 times in a row'],
    ['broken', broken, 'that cannot be read, 3 times in a row'],
    [
      'unknown',
      turn({ text: 'x', finish_reason: 'unknown', stop_word: 'tired', fault: 'Again.' }),
      'unknown reason (tired), 3 times',
    ],
    [
      'only thinking',
      turn({ finish_reason: 'length', fault: 'Think less.' }),
      'the output limit before its first word',
    ],
  ])('fails at the third stumble in a row: %s', (_, stumble, error) => {
    expect(endAfter([works, empty, broken], stumble, 40)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining(error),
    });
    expect(endAfter([empty, empty, works], stumble, 40)).toBeUndefined();
    expect(endAfter([empty, empty, part('x')], stumble, 40)).toBeUndefined();
  });

  it('a broken call beside one that runs is no stumble', () => {
    const mixed = turn({ tool_calls: [...broken.tool_calls, call], finish_reason: 'tool_calls' });
    expect(endAfter([mixed, mixed, mixed], mixed, 40)).toBeUndefined();
  });

  it('fails when a text is cut without end', () => {
    const parts = Array.from({ length: 7 }, () => part('and so on '));
    expect(endAfter(parts.slice(1), part('x'), 40)).toBeUndefined();
    expect(endAfter(parts, part('x'), 40)).toMatchObject({
      error: expect.stringContaining('ask for a shorter answer'),
    });
  });

  it('fails at the limit of turns and says what was wrong last', () => {
    expect(endAfter([works], works, 2)).toEqual({ status: 'failed', error: 'no final answer after 2 turns' });
    expect(endAfter([works], empty, 2)).toMatchObject({ error: expect.stringContaining('without a final answer') });
    expect(endAfter([works], whole, 2)).toMatchObject({ status: 'completed' });
  });

  test.each([
    ['refused', undefined, 'the model refused to answer: put the task in other words'],
    ['filtered', 'SPII', "the provider's content filter blocked the prompt or the answer (SPII)"],
    ['recited', 'RECITATION', 'recited published text, which may be under copyright (RECITATION)'],
    ['context_full', undefined, "longer than the model's context window: give a smaller task"],
  ] as const)('%s fails at once with the cause and what to do', (finish_reason, stop_word, error) => {
    expect(endAfter([], turn({ finish_reason, stop_word }), 40)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining(error),
    });
  });
});
