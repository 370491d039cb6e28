import type { Database } from '../../platform/database/database.ts';
import { openEmbedder } from '../../platform/models/embedding/open-embedder.ts';
import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { worstCaseCost } from '../../platform/models/prices.ts';
import type { EmbeddingPayer } from '../../usage/embed-texts.ts';
import { askQuestion, type Question } from '../search.ts';
import type { Purse } from './purse.ts';

/** Makes a question of words with its vector, if the purse has money for one; without, the search goes by text alone. */
export async function askWithin(
  purse: Purse,
  database: Database,
  payer: EmbeddingPayer,
  { words, signal }: { words: string; signal: AbortSignal },
): Promise<Question> {
  const { name } = await openEmbedder();
  const isPaid = name.startsWith('gemini');
  const most = worstCaseCost(
    { provider: isPaid ? 'gemini' : 'rehearsal', model: name },
    estimateTokens(words),
    0,
    new Date(),
  );
  if (!purse.covers(most)) return { text: words, embedded: undefined };
  return purse.holding(most, async () => {
    const question = await askQuestion(database, payer, words, signal);
    const paid = question.embedded?.paid;
    if (paid !== undefined) {
      purse.booked(paid.choice, { input_tokens: paid.inputTokens, output_tokens: 0, cached_tokens: 0 });
    }
    return question;
  });
}
