import { expect, test } from 'vitest';
import { parseConfidence } from '../../../functions/memory/orchestrate/parse-confidence.ts';

test.each<[unknown, number | undefined]>([
  [0, 0],
  [0.8, 0.8],
  [1, 1],
  [80, 0.8],
  [100, 1],
  [1.2, 1],
  [-3, 0],
  [500, 1],
  ['0.8', 0.8],
  ['0,8', 0.8],
  ['80%', 0.8],
  ['80 %', 0.8],
  ['12.5 percent', 0.125],
  ['120%', 1],
  ['8/10', 0.8],
  ['-1', 0],
  ['High', 0.85],
  [' very low. ', 0.1],
  ['medium', 0.5],
  ['8/0', undefined],
  ['', undefined],
  ['quite sure', undefined],
  ['0.8 or so', undefined],
  ['1e9', undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [null, undefined],
  [undefined, undefined],
  [true, undefined],
  [[0.9], undefined],
  [{ value: 1 }, undefined],
  ['constructor', undefined],
])('parses %j as %j', (said, confidence) => {
  expect(parseConfidence(said)).toBe(confidence);
});
