import { describe, expect, test } from 'vitest';
import { shortenHistory } from '../../../functions/platform/compaction/compact.ts';
import type { ModelMessage } from '../../../functions/platform/models/model.ts';

const measure = (text: string) => Math.ceil(text.length / 4);
const sizeOf = (messages: readonly ModelMessage[]) => measure(JSON.stringify(messages));

/** A task and exchanges of two calls each, with results of a length. */
function history(exchanges: number, length: number): ModelMessage[] {
  const turns = Array.from({ length: exchanges }, (_, turn): ModelMessage[] => {
    const toolCalls = ['a', 'b'].map((name) => ({
      id: `${name}${turn}`,
      name,
      arguments: { turn },
      signature: 'c2ln',
    }));
    const thinking = { text: 'Hm.', place: 'reasoning_content' } as const;
    const results = toolCalls.map(({ id, name }) => ({
      id,
      name,
      output: `${id} ${'x'.repeat(length)}`,
      isError: false,
    }));
    return [
      { role: 'assistant', text: `turn ${turn}`, toolCalls, thinking },
      { role: 'tool', results },
    ];
  });
  return [{ role: 'user', text: 'The task' }, ...turns.flat()];
}

const callIds = (messages: ModelMessage[]) =>
  messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls.map(({ id }) => id) : []));
const resultIds = (messages: ModelMessage[]) =>
  messages.flatMap((message) => (message.role === 'tool' ? message.results.map(({ id }) => id) : []));

describe('shortenHistory', () => {
  test('leaves a conversation alone that fits', () => {
    const messages = history(5, 100);
    expect(shortenHistory(messages, sizeOf(messages), measure)).toEqual(messages);
  });

  test('clears the oldest results first, and keeps answers, calls and the newest results', () => {
    const messages = history(12, 4_000);
    const short = shortenHistory(messages, sizeOf(messages) - 3_000, measure);
    expect(sizeOf(short)).toBeLessThanOrEqual(sizeOf(messages) - 3_000);
    expect(short.filter(({ role }) => role !== 'tool')).toEqual(messages.filter(({ role }) => role !== 'tool'));
    const lengths = short.flatMap((message) =>
      message.role === 'tool' ? [message.results[0]?.output.length ?? 0] : [],
    );
    expect(lengths.slice(0, 4).every((length) => length < 500)).toBe(true);
    expect(lengths.slice(4).every((length) => length > 4_000)).toBe(true);
    expect(JSON.stringify(short[2])).toContain('characters were removed');
  });

  test('leaves out whole exchanges next, says so, and keeps the task and the last exchange', () => {
    const messages = history(40, 300);
    const short = shortenHistory(messages, 1_500, measure);
    expect(sizeOf(short)).toBeLessThanOrEqual(1_600);
    expect(short[0]).toMatchObject({
      role: 'user',
      text: expect.stringMatching(/^The task\n\n\[.* \d+ messages were left out/),
    });
    expect(short.slice(-2)).toEqual(messages.slice(-2));
  });

  test('shortens the last results when nothing else is left', () => {
    const messages = history(1, 400_000);
    const short = shortenHistory(messages, 20_000, measure);
    expect(sizeOf(short)).toBeLessThanOrEqual(20_000);
    expect(callIds(short)).toEqual(['a0', 'b0']);
    expect(JSON.stringify(short)).toContain('in the middle were removed');
  });

  test('never parts a call from its result, at any budget', () => {
    const messages = history(9, 2_000);
    for (let budget = 50; budget < sizeOf(messages); budget += 397) {
      const short = shortenHistory(messages, budget, measure);
      expect(callIds(short)).toEqual(resultIds(short));
      expect(short[0]?.role).toBe('user');
      expect(short[1]?.role).toBe('assistant');
      expect(short).toEqual(shortenHistory(messages, budget, measure));
      // Signed calls and thinking are kept or left out whole.
      for (const message of short) if (message.role === 'assistant') expect(messages).toContainEqual(message);
    }
  });

  test('changes the beginning only every few turns, so that it stays cached', () => {
    const budget = 12_000;
    const beginnings = Array.from({ length: 8 }, (_, more) => {
      const short = shortenHistory(history(14 + more, 4_000), budget, measure);
      return JSON.stringify(short.filter(({ role }) => role === 'tool').map((m) => JSON.stringify(m).length < 1_500));
    });
    expect(new Set(beginnings.map((line) => line.lastIndexOf('true'))).size).toBeLessThan(beginnings.length);
  });

  test('keeps exchanges of a chat, which begin with the user', () => {
    const chat = Array.from({ length: 20 }, (_, turn): ModelMessage[] => [
      { role: 'user', text: `question ${turn} ${'x'.repeat(400)}` },
      { role: 'assistant', text: `answer ${turn}`, toolCalls: [] },
    ]).flat();
    const short = shortenHistory(chat, 800, measure);
    expect(short.at(-2)).toEqual(chat.at(-2));
    expect(short.length).toBeLessThan(chat.length);
  });
});
