/**
 * Prices that the source of price-table.ts does not have, written by hand. Each row names its public source. Delete a
 * row when a new version of the source has it: a test fails for a model in both files whose row here is older than the
 * source.
 */

/** US dollars per million tokens, as decimal text so that no float touches money. At most four decimals. */
export interface PriceRow {
  provider: 'gemini' | 'claude' | 'openai' | 'qwen';
  /** The model's name. The row also covers its dated snapshots and its `-latest` and `-preview` names. */
  model: string;
  /** The first day of the price (UTC). It holds until a later row of the same model and tier. */
  valid_from: string;
  /** The row is for calls with more input tokens than this; without it, for all others. */
  above_input_tokens?: number;
  input_per_million: string;
  output_per_million: string;
  cached_input_per_million: string;
  source: string;
}

type Prices = [input: string, output: string, cached: string];

export function priceRow(
  name: `${PriceRow['provider']} ${string}`,
  validFrom: string,
  [input, output, cached]: Prices,
  { source, above }: { source: string; above?: number | undefined },
): PriceRow {
  const [provider, model] = name.split(' ');
  return {
    provider: provider as PriceRow['provider'], // The type of `name` has only these.
    model: model ?? '',
    valid_from: validFrom,
    ...(above === undefined ? {} : { above_input_tokens: above }),
    input_per_million: input,
    output_per_million: output,
    cached_input_per_million: cached,
    source,
  };
}

const GEMINI = 'https://ai.google.dev/gemini-api/docs/pricing, read through public price tables in 2026-09';
const CLAUDE = 'https://platform.claude.com/docs/en/about-claude/pricing, read through public price tables in 2026-09';
/**
 * OpenAI writes prompts to its cache without being asked, at 1.25 times the input price. The input price here is that
 * higher price.
 */
const OPENAI =
  'https://developers.openai.com/api/docs/pricing, read through public price tables in 2026-09; input at the cache-write price';

/** Alibaba Cloud outside of mainland China. The output price is that of answers with thinking, the higher one. */
const QWEN =
  'https://www.alibabacloud.com/help/en/model-studio/model-pricing, read through public price tables in 2026-11';

export const PRICE_ADDITIONS: readonly PriceRow[] = [
  // Announced at 2 and 10 dollars for an introductory period without an end date. This is the price after it.
  priceRow('gemini gemini-4-argon', '2026-09-30', ['4', '20', '0.4'], { source: GEMINI }),
  priceRow('claude claude-sonnet-5-5', '2026-09-28', ['2', '10', '0.2'], { source: CLAUDE }),
  priceRow('claude claude-haiku-5-5', '2026-10-07', ['0.1', '0.5', '0.01'], { source: CLAUDE }),
  priceRow('claude claude-haiku-5-5', '2026-10-07', ['0.5', '2.5', '0.05'], { source: CLAUDE, above: 100_000 }),
  priceRow('openai gpt-6.1-sol', '2026-09-30', ['2.5', '10', '0.1'], { source: OPENAI }),
  priceRow('openai gpt-6.1-sol', '2026-09-30', ['5', '15', '0.2'], { source: OPENAI, above: 271_999 }),
  // The price cut of 2026-08-21 was promised until 2026-11-21. After that day the list price counts until it is checked
  // again.
  priceRow('openai gpt-5.6-sol', '2026-11-22', ['6.25', '30', '0.5'], { source: OPENAI }),
  priceRow('openai gpt-5.6-sol', '2026-11-22', ['12.5', '45', '1'], { source: OPENAI, above: 271_999 }),
  priceRow('qwen qwen-plus', '2025-09-01', ['0.4', '4', '0.16'], { source: QWEN }),
  priceRow('qwen qwen-plus', '2025-09-01', ['1.2', '12', '0.48'], { source: QWEN, above: 256_000 }),
  priceRow('qwen qwen3-max', '2025-09-23', ['1.2', '6', '0.24'], { source: QWEN }),
  priceRow('qwen qwen3-max', '2025-09-23', ['2.4', '12', '0.48'], { source: QWEN, above: 32_000 }),
  priceRow('qwen qwen3-max', '2025-09-23', ['3', '15', '0.6'], { source: QWEN, above: 128_000 }),
];
