import type { Database } from '../platform/database/database.ts';
import { createId } from '../platform/id.ts';
import { openEmbedder } from '../platform/models/embedding/open-embedder.ts';
import { estimateTokens } from '../platform/models/estimate-tokens.ts';
import type { ModelChoice } from '../platform/models/model.ts';
import { worstCaseCost } from '../platform/models/prices.ts';
import { Meter } from './meter.ts';

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
  onCounted?: (inputTokens: number) => void,
): Promise<EmbeddedTexts> {
  const embedder = await openEmbedder();
  if (texts.length === 0) return { vectors: [], embedder: embedder.name, paid: undefined };
  const { vectors, input_tokens: inputTokens } = await embedder.embed(texts, purpose, signal, onCounted);
  const paid = embedder.name.startsWith('gemini')
    ? { choice: { provider: 'gemini' as const, model: embedder.name }, inputTokens }
    : undefined;
  return { vectors, embedder: embedder.name, paid };
}

/** Who pays for vectors: a person, for a run of his or by hand. */
export interface EmbeddingPayer {
  tenantId: string;
  userId: string;
  runId?: string | undefined;
}

/**
 * Embeds texts with the money of it: reserved before, booked after, in the ledger and on the run that asks, also where only a part was answered. The
 * embedder in this process costs nothing and reserves nothing.
 * @throws OverBudget before anything was asked; what {@link embedTexts} throws
 */
export async function buyEmbedding(
  database: Database,
  { tenantId, userId, runId }: EmbeddingPayer,
  question: {
    texts: string[];
    purpose: 'document' | 'query';
    signal: AbortSignal;
    /** What is bought, unique for each time; made up if left out. */
    reference?: string;
  },
): Promise<EmbeddedTexts> {
  const { texts, purpose, signal } = question;
  const { name } = await openEmbedder();
  if (texts.length === 0 || !name.startsWith('gemini')) return embedTexts(texts, purpose, signal);
  const choice: ModelChoice = { provider: 'gemini', model: name };
  const most = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
  const meter = new Meter(
    { scoped: database.as({ kind: 'tenant', tenantId, userId }), tenantId, userId, runId },
    {
      kind: 'embedding',
      reference: question.reference ?? createId('emb'),
      choice,
      worstCase: worstCaseCost(choice, most, 0, new Date()),
    },
  );
  await meter.begin();
  let counted = 0;
  try {
    return await embedTexts(texts, purpose, signal, (tokens) => {
      counted += tokens;
    });
  } finally {
    await meter.settle(counted === 0 ? undefined : { input_tokens: counted, output_tokens: 0, cached_tokens: 0 });
  }
}
