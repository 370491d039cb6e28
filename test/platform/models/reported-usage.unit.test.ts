import { expect, test } from 'vitest';
import { estimateInputTokens, estimateTokens } from '../../../functions/platform/models/estimate-tokens.ts';
import { completeUsage, mergeUsage, readCount, readUsage } from '../../../functions/platform/models/reported-usage.ts';
import { requestOf } from './providers/provider-bench.ts';

const request = requestOf();
const sent = estimateInputTokens(request);
const text = 'The answer has some words. '.repeat(40);
const received = estimateTokens(text);

test.each([
  [0, 0],
  [100, 100],
  ['100', 100],
  [' 7 ', 7],
  [-1, undefined],
  [1.5, undefined],
  [1e9, undefined],
  [Number.NaN, undefined],
  ['1e3', undefined],
  ['', undefined],
  ['9'.repeat(5_000_000), undefined],
  [null, undefined],
  [{ value: 3 }, undefined],
])('reads %j as the count %s', (value, count) => {
  expect(readCount(value)).toBe(count);
});

test('counts of a whole answer are booked as reported', () => {
  const reported = { input_tokens: 9, output_tokens: 2, cached_tokens: 4 };
  expect(completeUsage(request, reported, text, true)).toEqual(reported);
});

test.each([
  ['nothing', undefined],
  ['no count', readUsage({ input: [null], output: [{}], cached: [] })],
  ['zeros', readUsage({ input: [0], output: [0], cached: [0] })],
  ['text that is less than what was sent', readUsage({ input: ['1'], output: ['1'], cached: [] })],
])('when the provider reports %s, input and output are estimated', (_, reported) => {
  expect(completeUsage(request, reported, text, true)).toEqual({
    input_tokens: sent,
    output_tokens: received,
    cached_tokens: 0,
    estimated: true,
  });
});

test('input that was written to the cache is a part of the input that was not read from it', () => {
  const reported = readUsage({ input: [1000], output: [5], cached: [300], written: [600] });
  expect(mergeUsage(reported, readUsage({ input: [1000], output: [9], cached: [300] }))).toMatchObject({
    cache_write_tokens: 600,
  });
  expect(completeUsage(request, reported, text, true)).toMatchObject({ cached_tokens: 300, cache_write_tokens: 600 });
  const wrong = readUsage({ input: [1000], output: [5], cached: [300], written: [5000] });
  expect(completeUsage(request, wrong, text, true)).toMatchObject({ cache_write_tokens: 700 });
  const none = readUsage({ input: [1000], output: [5], cached: [1000], written: [0] });
  expect(completeUsage(request, none, text, true)).not.toHaveProperty('cache_write_tokens');
});

test('numbers as text count when they are higher than the estimate', () => {
  const reported = readUsage({ input: ['70000'], output: ['5000'], cached: ['60000'] });
  expect(completeUsage(request, reported, text, true)).toEqual({
    input_tokens: 70_000,
    output_tokens: 5000,
    cached_tokens: 60_000,
  });
});

test('a missing half is estimated, the other half is kept', () => {
  const input = readUsage({ input: [500], output: [], cached: [] });
  expect(completeUsage(request, input, text, true)).toMatchObject({ input_tokens: 500, output_tokens: received });
  const output = readUsage({ input: [], output: [500], cached: [] });
  expect(completeUsage(request, output, text, true)).toMatchObject({ input_tokens: sent, output_tokens: 500 });
});

test('an answer that broke off counts at least what has arrived', () => {
  const early = { input_tokens: 50, output_tokens: 1, cached_tokens: 0 };
  expect(completeUsage(request, early, text, false)).toEqual({ ...early, output_tokens: received, estimated: true });
  const late = { input_tokens: 50, output_tokens: received + 9, cached_tokens: 0 };
  expect(completeUsage(request, late, text, false)).toEqual(late);
});

test('an attempt of which nothing arrived is free', () => {
  expect(completeUsage(request, undefined, '', false)).toBeUndefined();
  expect(completeUsage(request, readUsage({ input: [], output: [], cached: [] }), '', false)).toBeUndefined();
});

test('running totals are not added up, and an empty report at the end changes nothing', () => {
  const reports = [
    [20, 1],
    [20, 5],
    [20, 9],
    [0, 0],
    [undefined, undefined],
  ];
  const merged = reports.reduce<ReturnType<typeof readUsage> | undefined>(
    (before, [input, output]) => mergeUsage(before, readUsage({ input: [input], output: [output], cached: [] })),
    undefined,
  );
  expect(merged).toMatchObject({ input_tokens: 20, output_tokens: 9 });
});
