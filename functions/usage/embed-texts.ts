import type { Caller, Database } from '../platform/database/database.ts';
import { createId } from '../platform/id.ts';
import { openEmbedder } from '../platform/models/embedding/open-embedder.ts';
import { estimateTokens } from '../platform/models/estimate-tokens.ts';
import type { ModelChoice, Usage } from '../platform/models/model.ts';
import { worstCaseCost } from '../platform/models/prices.ts';
import { Meter } from './meter.ts';

/** Vectors and the paid tokens. `paid` is undefined for the embedder that runs in this process and costs nothing. */
export interface EmbeddedTexts {
  vectors: number[][];
  embedder: string;
  paid: { choice: ModelChoice; inputTokens: number } | undefined;
}

/**
 * Embeds texts. Call it outside any transaction, because it may call a provider.
 * @throws ModelError; the reason of the signal when it is aborted
 */
export async function embedTexts(
  texts: string[],
  purpose: 'document' | 'query',
  signal: AbortSignal,
  onCounted?: (inputTokens: number, isEstimated: boolean) => void,
): Promise<EmbeddedTexts> {
  const embedder = await openEmbedder();
  if (texts.length === 0) return { vectors: [], embedder: embedder.name, paid: undefined };
  const { vectors, input_tokens: inputTokens } = await embedder.embed(texts, purpose, signal, onCounted);
  const paid = embedder.name.startsWith('gemini')
    ? { choice: { provider: 'gemini' as const, model: embedder.name }, inputTokens }
    : undefined;
  return { vectors, embedder: embedder.name, paid };
}

/** The user who pays for vectors, and the run that needs them, if any. */
export interface EmbeddingPayer {
  tenantId: string;
  userId: string;
  runId?: string | undefined;
}

/** Returns the user who pays for what a caller asks. */
export function payerOf({ tenantId, ownerId }: Caller): EmbeddingPayer {
  return { tenantId, userId: ownerId };
}

/**
 * Embeds texts and pays for them: reserves the cost before, and books the counted tokens in the ledger and on the run
 * after, also when only some texts were embedded. The embedder in this process costs nothing and reserves nothing.
 * @throws OverBudget before the provider is called; errors of {@link embedTexts}
 */
export async function buyEmbedding(
  database: Database,
  { tenantId, userId, runId }: EmbeddingPayer,
  question: {
    texts: string[];
    purpose: 'document' | 'query';
    signal: AbortSignal;
    /** Identifies this purchase; unique for each call. The default is a new id. */
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
  const usage: Usage = { input_tokens: 0, output_tokens: 0, cached_tokens: 0 };
  try {
    return await embedTexts(texts, purpose, signal, (tokens, isEstimated) => {
      usage.input_tokens += tokens;
      if (isEstimated) usage.estimated = true;
    });
  } finally {
    await meter.settle(usage.input_tokens === 0 ? undefined : usage);
  }
}
