import { afterEach, expect, test } from 'vitest';
import type { Embedder } from '../../../../functions/platform/models/embedding/embedder.ts';
import { openEmbedder } from '../../../../functions/platform/models/embedding/open-embedder.ts';
import type { GeminiSettings } from '../../../../functions/platform/models/providers/gemini-client.ts';
import { type ScriptedGemini, type ScriptGemini, startScriptedGemini } from '../../../support/scripted-gemini.ts';
import { KEY } from '../providers/provider-bench.ts';

const none: GeminiSettings = {
  GEMINI_API_KEY: undefined,
  GOOGLE_API_KEY: undefined,
  GOOGLE_GENAI_USE_VERTEXAI: false,
  GOOGLE_CLOUD_PROJECT: undefined,
  GOOGLE_CLOUD_LOCATION: 'us-central1',
  GOOGLE_GEMINI_BASE_URL: undefined,
  GOOGLE_VERTEX_BASE_URL: undefined,
};
const signal = new AbortController().signal;
let server: ScriptedGemini | undefined;
afterEach(async () => {
  await server?.close();
});

async function start(script: ScriptGemini = {}): Promise<Embedder> {
  server = await startScriptedGemini(script);
  return openEmbedder({ ...none, GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: server.url });
}

test('openEmbedder returns the local embedder without a key', async () => {
  expect((await openEmbedder(none)).name).toBe('feature-hashing-v1');
  // A Google Cloud project alone does not enable Vertex AI.
  expect((await openEmbedder({ ...none, GOOGLE_CLOUD_PROJECT: 'p' })).name).toBe('feature-hashing-v1');
});

test('Gemini gets 768 dimensions and the purpose; its vectors are normalised and keep their order', async () => {
  const embedder = await start();
  const texts = Array.from(
    { length: 230 },
    (_, index) => `text ${String.fromCharCode(97 + (index % 26)).repeat(index + 1)}`,
  );
  const { vectors, input_tokens, isEstimated } = await embedder.embed(texts, 'document', signal);
  expect(embedder).toMatchObject({ name: 'gemini-embedding-001', dimensions: 768 });
  expect(vectors).toHaveLength(230);
  for (const vector of vectors) {
    expect(vector).toHaveLength(768);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 9);
  }
  // The repeated letter is the largest component of the vector.
  for (const index of [4, 100, 229]) {
    const vector = vectors[index] ?? [];
    expect(vector.indexOf(Math.max(...vector))).toBe(97 + (index % 26));
  }
  expect(input_tokens).toBeGreaterThan(230);
  expect(isEstimated, 'the Gemini API does not count').toBe(true);
  expect(server?.embeddings.map((request) => request.texts.length).toSorted((one, other) => one - other)).toEqual([
    30, 100, 100,
  ]);
  await embedder.embed(['where?'], 'query', signal);
  expect(server?.embeddings.map((request) => request.taskType)).toEqual([
    ...Array(3).fill('RETRIEVAL_DOCUMENT'),
    'RETRIEVAL_QUERY',
  ]);
  expect(server?.embeddings.every((request) => request.dimensions === 768)).toBe(true);
});

test('Vertex AI gets one text per request, and its token counts are used', async () => {
  server = await startScriptedGemini({});
  const settings = {
    ...none,
    GOOGLE_API_KEY: KEY,
    GOOGLE_GENAI_USE_VERTEXAI: true,
    GOOGLE_VERTEX_BASE_URL: server.url,
  };
  const { vectors, input_tokens, isEstimated } = await (await openEmbedder(settings)).embed(
    ['a', 'b', 'c', 'd', 'e'],
    'document',
    signal,
  );
  expect(vectors).toHaveLength(5);
  expect([input_tokens, isEstimated]).toEqual([25, false]);
  expect(server.embeddings.map((request) => request.texts.length)).toEqual([1, 1, 1, 1, 1]);
  expect(vectors.map((vector) => vector.indexOf(Math.max(...vector)))).toEqual([97, 98, 99, 100, 101]);
});

test.each([
  [429, 'rate_limited'],
  [500, 'unavailable'],
  [403, 'unauthorized'],
])('%i throws a ModelError: %s', async (status, kind) => {
  const embedder = await start({ embed: () => ({ failure: { status, message: KEY, retryAfterSeconds: 7 } }) });
  const failure = await embedder.embed(['a'], 'query', signal).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'ModelError', kind, retryAfterMs: 7000 });
  expect(String(failure)).not.toContain(KEY);
});

test.each([
  ['zeros', () => new Array<number>(768).fill(0)],
  ['the wrong length', () => [1, 2, 3]],
])('a vector of %s throws', async (_, embed) => {
  const embedder = await start({ embed });
  await expect(embedder.embed(['a'], 'query', signal)).rejects.toMatchObject({ kind: 'invalid_answer' });
});

test('an empty text throws before a request is sent', async () => {
  const embedder = await start();
  await expect(embedder.embed(['a', ' '], 'query', signal)).rejects.toThrow(RangeError);
  expect(server?.embeddings).toEqual([]);
});

test('an abort throws the reason of the signal', async () => {
  const embedder = await start();
  const reason = new Error('stop');
  await expect(embedder.embed(['a'], 'query', AbortSignal.abort(reason))).rejects.toBe(reason);
});
