import { cutMiddle } from '../../platform/cut-text.ts';
import type { Database } from '../../platform/database/database.ts';
import { log } from '../../platform/log.ts';
import { ModelError } from '../../platform/models/model.ts';
import { buyEmbedding, type EmbeddedTexts, type EmbeddingPayer } from '../../usage/embed-texts.ts';
import { OverBudget } from '../../usage/meter.ts';
import { LONGEST_QUERY } from '../memory.ts';

/** The text of a search with its vector. Without a vector the search uses full text only. */
export interface SearchQuery {
  text: string;
  embedded: EmbeddedTexts | undefined;
}

/**
 * Prepares the text of a search and embeds it at the payer's cost. Call it outside of a transaction, because it calls a
 * provider. When the provider fails or a budget does not cover the call, the query has no vector and the search uses
 * full text only.
 */
export async function embedQuery(
  database: Database,
  payer: EmbeddingPayer,
  text: string,
  signal: AbortSignal,
): Promise<SearchQuery> {
  // PostgreSQL rejects half a character, as it rejects NUL.
  const prepared = cutMiddle(text.trim(), LONGEST_QUERY).toWellFormed().replaceAll('\0', ' ');
  try {
    const embedded = await buyEmbedding(database, payer, { texts: [prepared], purpose: 'query', signal });
    return { text: prepared, embedded };
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof OverBudget)) throw error;
    log('warning', 'query embedding failed, searching by text only', { reason: error.message });
    return { text: prepared, embedded: undefined };
  }
}
