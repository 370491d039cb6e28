import { describe, expect, it } from 'vitest';
import type { ModelTurn } from '../../functions/platform/models/model.ts';
import { historyOf, openCalls, toMessages } from '../../functions/runs/conversation.ts';
import type { ToolCallRow } from '../../functions/runs/sql/turn.ts';

const usage = { input_tokens: 1, output_tokens: 1, cached_tokens: 0 };
const turn = (text: string, ...names: string[]): ModelTurn => ({
  text,
  tool_calls: names.map((name, index) => ({ id: `${text}-${index}`, name, arguments: {} })),
  finish_reason: names.length > 0 ? 'tool_calls' : 'stop',
  usage,
});
const row = (number: number, index: number, extra: Partial<ToolCallRow> = {}): ToolCallRow => ({
  turn: number,
  call_index: index,
  call_id: `call-${number}-${index}`,
  name: 'read_file',
  arguments: {},
  status: 'completed',
  output: `out ${number}.${index}`,
  is_error: false,
  attempts: 0,
  started_at: '2026-11-21T00:00:00Z',
  ...extra,
});

describe('toMessages', () => {
  it('contains only the prompt before the first turn', () => {
    expect(toMessages('Do it', { turns: [], calls: [] }, 12)).toEqual([{ role: 'user', text: 'Do it' }]);
  });

  it('contains each turn with the results of its calls in order', () => {
    const history = {
      turns: [turn('one', 'read_file', 'read_file'), turn('two', 'read_file')],
      calls: [row(0, 0), row(0, 1, { is_error: true }), row(1, 0)],
    };
    const messages = toMessages('Do it', history, 40);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'tool']);
    expect(messages[2]).toEqual({
      role: 'tool',
      results: [
        { id: 'call-0-0', name: 'read_file', output: 'out 0.0', isError: false },
        { id: 'call-0-1', name: 'read_file', output: 'out 0.1', isError: true },
      ],
    });
  });

  it('keeps the thinking of an answer, for providers that want it back', () => {
    const thinking = { text: 'Hm.', place: 'reasoning_content' } as const;
    const history = { turns: [{ ...turn('one', 'read_file'), thinking }], calls: [row(0, 0)] };
    expect(toMessages('Do it', history, 40)[1]).toMatchObject({ role: 'assistant', thinking });
  });

  it('notes from the fifth same call with the same result in a row on, and in no other', () => {
    const asked = (outputs: string[], ask: (index: number) => Record<string, unknown> = () => ({ a: 1, b: 2 })) => {
      const turns = outputs.map((_, index) => turn(`t${index}`, 'list_files'));
      const calls = outputs.map((output, index) => row(index, 0, { output, arguments: ask(index) }));
      const results = toMessages('Do it', { turns, calls }, 90).flatMap((said) =>
        said.role === 'tool' ? said.results : [],
      );
      return results.flatMap(({ output }, index) => (output.includes('Same call, same result') ? [index + 1] : []));
    };
    const same = Array.from({ length: 7 }, () => 'a.txt');
    expect(asked(same)).toEqual([5, 6, 7]);
    expect(asked(same, (index) => (index % 2 === 0 ? { a: 1, b: 2 } : { b: 2, a: 1 }))).toEqual([5, 6, 7]);
    expect(asked(same, (index) => ({ path: `${index}` }))).toEqual([]);
    expect(asked(same.with(3, 'b.txt'))).toEqual([]);
  });

  it('announces only the last two turns', () => {
    const spoken = (count: number) =>
      toMessages('Do it', { turns: Array.from({ length: count }, () => turn('x')), calls: [] }, 12).at(-1);
    expect(spoken(9)?.role).toBe('assistant');
    expect(spoken(10)).toMatchObject({ role: 'user', text: expect.stringContaining('2 turns left') });
    expect(spoken(11)).toMatchObject({ role: 'user', text: expect.stringContaining('1 turn left') });
  });

  it('returns the same conversation for the same records', () => {
    const records = () => ({ turns: [turn('one', 'read_file')], calls: [row(0, 0)] });
    expect(toMessages('p', records(), 40)).toEqual(toMessages('p', records(), 40));
  });
});

describe('openCalls', () => {
  it('returns the calls of the last turn that have no result', () => {
    const history = {
      turns: [turn('one', 'a'), turn('two', 'a', 'b', 'c')],
      calls: [
        row(0, 0),
        row(1, 0),
        row(1, 1, { status: 'started', output: null }),
        row(1, 2, { status: 'waiting', output: null }),
      ],
    };
    expect(openCalls(history).map(({ call_index }) => call_index)).toEqual([1, 2]);
  });

  it('returns no call when all have results', () => {
    expect(openCalls({ turns: [turn('one', 'a')], calls: [row(0, 0)] })).toEqual([]);
    expect(openCalls({ turns: [], calls: [] })).toEqual([]);
  });
});

it('historyOf throws for a record of an invalid shape', () => {
  expect(() => historyOf([{ turn: 0, response: { text: 'no calls, no usage' } }], [])).toThrow();
});
