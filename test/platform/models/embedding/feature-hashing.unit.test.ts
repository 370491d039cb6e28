import { assert, asyncProperty, string } from 'fast-check';
import { expect, test } from 'vitest';
import { featureHashingEmbedder } from '../../../../functions/platform/models/embedding/feature-hashing.ts';

const signal = new AbortController().signal;

async function embed(...texts: string[]): Promise<number[][]> {
  return (await featureHashingEmbedder.embed(texts, 'document', signal)).vectors;
}

function cosine(one: number[] = [], other: number[] = []): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}

test('a text has the same vector as when feature-hashing-v1 was released', async () => {
  const [vector = []] = await embed('The invoices were paid on Monday.');
  const fingerprint = vector.reduce((sum, value, index) => sum + value * Math.sin(index + 1), 0);
  expect(fingerprint).toBeCloseTo(FINGERPRINT, 9);
});

/**
 * Recorded when `feature-hashing-v1` was released. Stored vectors are compared with new vectors, so it must never
 * change.
 */
const FINGERPRINT = -0.14693581525433166;

test('every text that is not blank has a unit vector, in any script', async () => {
  const texts = string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((text) => text.trim() !== '');
  await assert(
    asyncProperty(texts, async (text) => {
      const [vector = []] = await embed(text);
      expect(cosine(vector, vector)).toBeCloseTo(1, 9);
    }),
  );
  for (const text of ['a', '!?', '東京の天気', 'Größe ß', '🙂', 'x'.repeat(20_000), '\u0301']) {
    const [vector = []] = await embed(text);
    expect(vector).toHaveLength(768);
    expect(cosine(vector, vector)).toBeCloseTo(1, 9);
  }
});

test('a blank text throws and never has a zero vector', async () => {
  await expect(embed('fine', '')).rejects.toThrow(RangeError);
  await expect(embed(' \n\t')).rejects.toThrow(RangeError);
});

test('similar texts have more similar vectors than unrelated texts', async () => {
  const [query, same, inflected, typo, other] = await embed(
    'When was the customer invoice paid?',
    'The customer paid the invoice on Monday.',
    'Paying customers, invoicing',
    'custmer invoce payed',
    'Volcanoes erupt where tectonic plates drift apart.',
  );
  for (const near of [same, inflected]) expect(cosine(query, near)).toBeGreaterThan(cosine(query, other) + 0.1);
  expect(cosine(query, typo)).toBeGreaterThan(cosine(query, other) + 0.03);
});

test('a text of only stop words has a vector, and stop words do not dominate a question', async () => {
  const [common, question, answer, chatter] = await embed(
    'what is this about then',
    'What is it that they should do with the penguins?',
    'Penguins live on ice.',
    'What is it that they should do with it?',
  );
  expect(cosine(common, common)).toBeCloseTo(1, 9);
  expect(cosine(question, answer)).toBeGreaterThan(cosine(question, chatter));
});

test('case, width and endings do not matter; word order matters a little', async () => {
  const [plain, loud, bitten, biting] = await embed(
    'dogs walked',
    'DOG ＷＡＬＫＩＮＧ',
    'dog bites man',
    'man bites dog',
  );
  expect(cosine(plain, loud)).toBeCloseTo(1, 9);
  expect(cosine(bitten, biting)).toBeGreaterThan(0.7);
  expect(cosine(bitten, biting)).toBeLessThan(0.999);
});

test('an aborted signal throws the reason of the signal', async () => {
  const reason = new Error('stop');
  await expect(featureHashingEmbedder.embed(['a'], 'query', AbortSignal.abort(reason))).rejects.toBe(reason);
});
