import type { Database } from '../platform/database/database.ts';
import { createId } from '../platform/id.ts';
import { openEmbedder } from '../platform/models/embedder.ts';
import type { ModelChoice } from '../platform/models/model.ts';
import { bookUsage } from './usage.ts';

/** Vectors with what they cost; `paid` is undefined for the embedder that runs in this process. */
export interface EmbeddedTexts {
  vectors: number[][];
  embedder: string;
  paid: { choice: ModelChoice; inputTokens: number } | undefined;
}

/** Embeds texts outside any transaction: it may be a network call. @throws ModelError, the signal's reason when aborted */
export async function embedTexts(
  texts: string[],
  purpose: 'document' | 'query',
  signal: AbortSignal,
): Promise<EmbeddedTexts> {
  const embedder = await openEmbedder();
  if (texts.length === 0) return { vectors: [], embedder: embedder.name, paid: undefined };
  const { vectors, input_tokens: inputTokens } = await embedder.embed(texts, purpose, signal);
  const paid = embedder.name.startsWith('gemini')
    ? { choice: { provider: 'gemini' as const, model: embedder.name }, inputTokens }
    : undefined;
  return { vectors, embedder: embedder.name, paid };
}

/** Books one call for vectors; the embedder in this process costs nothing. Each call is paid for, so its reference is new. */
export async function bookEmbedding(
  database: Database,
  payer: { tenantId: string; userId: string; runId?: string },
  embedded: EmbeddedTexts | undefined,
): Promise<void> {
  if (embedded?.paid === undefined) return;
  const { tenantId, userId, runId } = payer;
  const { choice, inputTokens } = embedded.paid;
  const usage = { input_tokens: inputTokens, output_tokens: 0, cached_tokens: 0 };
  await bookUsage(database.as({ kind: 'tenant', tenantId, userId }), {
    tenantId,
    userId,
    runId,
    kind: 'embedding',
    reference: createId('emb'),
    choice,
    usage,
  });
}
