import type { GoogleGenAI } from '@google/genai';
import { z } from 'zod';
import { estimateTokens } from '../estimate-tokens.ts';
import { ModelError } from '../model.ts';
import { classifyFailure } from '../providers/classify-failure.ts';
import { type GeminiSettings, openGeminiClient, readGeminiFacts } from '../providers/gemini-client.ts';
import { readCount } from '../reported-usage.ts';
import { EMBEDDING_DIMENSIONS, type Embedder, type Embedding, normalise, refuseEmptyTexts } from './embedder.ts';

const MODEL = 'gemini-embedding-001';
/** Texts per request: the Gemini API accepts 100, this model on Vertex AI one. */
const TEXTS_PER_REQUEST = { api: 100, vertex: 1 };
/** Concurrent requests: enough to hide the round trip, too few to reach the rate limit alone. */
const REQUESTS_AT_A_TIME = 4;

/**
 * Opens the embedder `gemini-embedding-001` with 768 dimensions. The API does not normalise shortened vectors, so they
 * are normalised here.
 */
export async function openGeminiEmbedder(settings: GeminiSettings): Promise<Embedder> {
  const client = await openGeminiClient(settings);
  const size = settings.GOOGLE_GENAI_USE_VERTEXAI ? TEXTS_PER_REQUEST.vertex : TEXTS_PER_REQUEST.api;
  return {
    name: MODEL,
    dimensions: EMBEDDING_DIMENSIONS,
    async embed(texts, purpose, signal, onCounted) {
      refuseEmptyTexts(texts);
      const batches = Array.from({ length: Math.ceil(texts.length / size) }, (_, index) =>
        texts.slice(index * size, (index + 1) * size),
      );
      const embeddings: Embedding[] = [];
      for (let start = 0; start < batches.length; start += REQUESTS_AT_A_TIME) {
        const group = batches.slice(start, start + REQUESTS_AT_A_TIME);
        const answered = await Promise.allSettled(group.map((batch) => embedBatch(client, batch, purpose, signal)));
        for (const one of answered) {
          if (one.status === 'fulfilled') onCounted?.(one.value.input_tokens, one.value.isEstimated);
        }
        embeddings.push(...answered.map(valueOrThrow));
      }
      return {
        vectors: embeddings.flatMap((embedding) => embedding.vectors),
        input_tokens: embeddings.reduce((sum, embedding) => sum + embedding.input_tokens, 0),
        isEstimated: embeddings.some((embedding) => embedding.isEstimated),
      };
    },
  };
}

function valueOrThrow(one: PromiseSettledResult<Embedding>): Embedding {
  if (one.status === 'rejected') throw one.reason;
  return one.value;
}

const Answer = z.object({
  embeddings: z.array(
    z.object({
      values: z.array(z.number()).length(EMBEDDING_DIMENSIONS),
      statistics: z.object({ tokenCount: z.unknown() }).optional().catch(undefined),
    }),
  ),
});

async function embedBatch(
  client: GoogleGenAI,
  texts: string[],
  purpose: 'document' | 'query',
  signal: AbortSignal,
): Promise<Embedding> {
  signal.throwIfAborted();
  try {
    const answer = Answer.parse(
      await client.models.embedContent({
        model: MODEL,
        contents: texts,
        config: {
          abortSignal: signal,
          outputDimensionality: EMBEDDING_DIMENSIONS,
          taskType: purpose === 'document' ? 'RETRIEVAL_DOCUMENT' : 'RETRIEVAL_QUERY',
        },
      }),
    );
    if (answer.embeddings.length !== texts.length) {
      throw new ModelError(
        'invalid_answer',
        `gemini sent ${answer.embeddings.length} vectors for ${texts.length} texts`,
      );
    }
    // Only Vertex AI counts the tokens. No text has none.
    const counts = answer.embeddings.map(({ statistics }) => readCount(statistics?.tokenCount) || undefined);
    const tokens = counts.map((count, index) => count ?? estimateTokens(texts[index] ?? ''));
    return {
      vectors: answer.embeddings.map(({ values }) => toUnitVector(values)),
      input_tokens: tokens.reduce((sum, count) => sum + count, 0),
      isEstimated: counts.includes(undefined),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw classifyFailure('gemini', error, readGeminiFacts) ?? error;
  }
}

function toUnitVector(values: number[]): number[] {
  if (values.every((value) => value === 0)) throw new ModelError('invalid_answer', 'gemini sent a vector of zeros');
  return normalise(values);
}
