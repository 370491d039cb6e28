import { expect, test } from 'vitest';
import { findTwins, MOST_TWINS } from '../../../functions/memory/health/find-twins.ts';

const EMBEDDER = 'feature-hashing-v1';
/** Rows of which each is near all newer ones. */
const rowsOf = (texts: readonly string[], similarity = 0.9) =>
  texts.map((text, at) => ({
    ...{ id: String(at).padStart(6, '0'), text, embedder: EMBEDDER },
    near: texts.slice(at + 1).map((_, index) => ({ id: String(at + 1 + index).padStart(6, '0'), similarity })),
  }));

test('a pair below the cosine from which on texts are compared is left out', async () => {
  const texts = ['The gate is locked at night.', 'At night the gate is locked.'];
  expect(await findTwins(rowsOf(texts, 0.19))).toEqual([]);
  expect(await findTwins(rowsOf(texts, 0.2))).toEqual([
    { one: '000000', other: '000001', similarity: 0.2, reason: 'reworded' },
  ]);
});

test('the work is bounded: of many long texts only the nearest pairs are compared, and no more pairs are returned', async () => {
  const long = Array.from({ length: 240 }, (_, at) => `word${at}`).join(' ');
  const rows = rowsOf([...new Array<string>(40).fill(long), 'The gate is locked.', 'the gate is locked'], 0.5);
  const nearest = rows.at(-2)?.near[0];
  if (nearest !== undefined) nearest.similarity = 0.9;
  const twins = await findTwins(rows);
  expect(twins.at(-1)).toEqual({ one: '000040', other: '000041', similarity: 0.9, reason: 'same_words' });
  expect(twins.length).toBeLessThan(100);
  expect(await findTwins(rowsOf(new Array<string>(60).fill('The gate is locked.')))).toHaveLength(MOST_TWINS);
});
