/** US dollars per million tokens, as decimal text so that no float touches money. At most four decimals. */
export interface PriceRow {
  provider: 'gemini' | 'claude' | 'openai';
  /** The model's name; dated snapshots, `-latest` and `-preview` names of it are covered too. */
  model: string;
  /** The row counts from this day (UTC; the announcement's, or the day the price was read) until a later row of the same model and tier. */
  valid_from: string;
  /** The row of calls with more input tokens than this; without it, of all others. */
  above_input_tokens?: number;
  input_per_million: string;
  output_per_million: string;
  cached_input_per_million: string;
  source: string;
}

const GEMINI = 'https://ai.google.dev/gemini-api/docs/pricing, read through public price tables 2026-09';
const CLAUDE = 'https://platform.claude.com/docs/en/about-claude/pricing, read through public price tables 2026-09';
const OPENAI = 'https://developers.openai.com/api/docs/pricing, read through public price tables 2026-09';
/** From gpt-5.6 on OpenAI writes prompts to its cache unasked, at 1.25 times the input price. `input` is that dearer price. */
const OPENAI_WITH_WRITES = `${OPENAI}; input at the cache-write price`;

type Prices = [input: string, output: string, cached: string];

function row(
  provider: PriceRow['provider'],
  model: string,
  validFrom: string,
  [input, output, cached]: Prices,
  source: string,
  aboveInputTokens?: number,
): PriceRow {
  return {
    provider,
    model,
    valid_from: validFrom,
    ...(aboveInputTokens === undefined ? {} : { above_input_tokens: aboveInputTokens }),
    input_per_million: input,
    output_per_million: output,
    cached_input_per_million: cached,
    source,
  };
}

/** List prices of the standard tier. A model that is missing here is charged at the dearest price of its provider. */
export const PRICE_TABLE: readonly PriceRow[] = [
  // Announced at 2 and 10 dollars for a time without an end; this is the price after it.
  row('gemini', 'gemini-4-argon', '2026-09-30', ['4.00', '20.00', '0.40'], GEMINI),
  row('gemini', 'gemini-3.8-flash', '2026-09-02', ['0.75', '3.75', '0.075'], GEMINI),
  row('gemini', 'gemini-3.8-flash', '2027-01-01', ['1.50', '7.50', '0.15'], GEMINI),
  row('gemini', 'gemini-3.7-flash', '2026-08-13', ['0.75', '3.75', '0.075'], GEMINI),
  row('gemini', 'gemini-3.7-flash', '2027-01-01', ['1.50', '7.50', '0.15'], GEMINI),
  row('gemini', 'gemini-3.6-flash', '2026-08-13', ['0.75', '3.75', '0.075'], GEMINI),
  row('gemini', 'gemini-3.6-flash', '2027-01-01', ['1.50', '7.50', '0.15'], GEMINI),
  row('gemini', 'gemini-3.5-flash', '2026-05-19', ['1.50', '9.00', '0.15'], GEMINI),
  row('gemini', 'gemini-3.5-flash-lite', '2026-07-22', ['0.30', '2.50', '0.03'], GEMINI),
  row('gemini', 'gemini-3.1-pro-preview', '2026-02-23', ['2.00', '12.00', '0.20'], GEMINI),
  row('gemini', 'gemini-3.1-pro-preview', '2026-02-23', ['4.00', '18.00', '0.40'], GEMINI, 200_000),
  row('gemini', 'gemini-3.1-flash-lite', '2026-05-12', ['0.25', '1.50', '0.025'], GEMINI),
  row('gemini', 'gemini-3-flash-preview', '2025-12-17', ['0.50', '3.00', '0.05'], GEMINI),
  row('gemini', 'gemini-2.5-pro', '2025-06-17', ['1.25', '10.00', '0.125'], GEMINI),
  row('gemini', 'gemini-2.5-pro', '2025-06-17', ['2.50', '15.00', '0.25'], GEMINI, 200_000),
  row('gemini', 'gemini-2.5-flash', '2025-06-17', ['0.30', '2.50', '0.03'], GEMINI),
  row('gemini', 'gemini-2.5-flash-lite', '2025-07-22', ['0.10', '0.40', '0.01'], GEMINI),
  row('gemini', 'gemini-embedding-001', '2025-07-14', ['0.15', '0', '0.15'], GEMINI),

  row('claude', 'claude-opus-5-5', '2026-09-22', ['4.00', '20.00', '0.40'], CLAUDE),
  row('claude', 'claude-sonnet-5-5', '2026-09-28', ['2.00', '10.00', '0.20'], CLAUDE),
  row('claude', 'claude-haiku-5-5', '2026-10-07', ['0.10', '0.50', '0.01'], CLAUDE),
  row('claude', 'claude-haiku-5-5', '2026-10-07', ['0.50', '2.50', '0.05'], CLAUDE, 100_000),
  row('claude', 'claude-fable-5-1', '2026-08-01', ['10.00', '50.00', '0.25'], CLAUDE),
  row('claude', 'claude-fable-5', '2026-06-01', ['10.00', '50.00', '1.00'], CLAUDE),
  row('claude', 'claude-opus-5', '2026-07-24', ['5.00', '25.00', '0.50'], CLAUDE),
  row('claude', 'claude-sonnet-5', '2026-06-30', ['2.00', '10.00', '0.20'], CLAUDE),
  row('claude', 'claude-opus-4-8', '2026-05-01', ['5.00', '25.00', '0.50'], CLAUDE),
  row('claude', 'claude-opus-4-7', '2026-04-01', ['5.00', '25.00', '0.50'], CLAUDE),
  row('claude', 'claude-opus-4-6', '2026-03-13', ['5.00', '25.00', '0.50'], CLAUDE),
  row('claude', 'claude-opus-4-5', '2025-11-24', ['5.00', '25.00', '0.50'], CLAUDE),
  row('claude', 'claude-sonnet-4-6', '2026-03-13', ['3.00', '15.00', '0.30'], CLAUDE),
  row('claude', 'claude-sonnet-4-5', '2025-09-29', ['3.00', '15.00', '0.30'], CLAUDE),
  row('claude', 'claude-haiku-4-5', '2025-10-15', ['1.00', '5.00', '0.10'], CLAUDE),

  row('openai', 'gpt-6-astra', '2026-09-03', ['12.50', '50.00', '1.00'], OPENAI_WITH_WRITES),
  row('openai', 'gpt-6-astra', '2026-09-03', ['25.00', '75.00', '2.00'], OPENAI_WITH_WRITES, 271_999),
  row('openai', 'gpt-6.1-sol', '2026-09-30', ['2.50', '10.00', '0.10'], OPENAI_WITH_WRITES),
  row('openai', 'gpt-6.1-sol', '2026-09-30', ['5.00', '15.00', '0.20'], OPENAI_WITH_WRITES, 271_999),
  row('openai', 'gpt-6-sol', '2026-09-22', ['2.50', '10.00', '0.20'], OPENAI_WITH_WRITES),
  row('openai', 'gpt-6-sol', '2026-09-22', ['5.00', '15.00', '0.40'], OPENAI_WITH_WRITES, 271_999),
  row('openai', 'gpt-6-luna', '2026-09-22', ['0.125', '0.50', '0.01'], OPENAI_WITH_WRITES),
  row('openai', 'gpt-6-luna', '2026-09-22', ['0.25', '0.75', '0.02'], OPENAI_WITH_WRITES, 271_999),
  row('openai', 'gpt-5.6-sol', '2026-07-09', ['6.25', '30.00', '0.50'], OPENAI_WITH_WRITES),
  row('openai', 'gpt-5.6-sol', '2026-07-09', ['12.50', '45.00', '1.00'], OPENAI_WITH_WRITES, 271_999),
  // A promotion that was promised until 21 November 2026; after it the list price counts until somebody looks again.
  row('openai', 'gpt-5.6-sol', '2026-08-21', ['5.00', '20.00', '0.40'], OPENAI_WITH_WRITES),
  row('openai', 'gpt-5.6-sol', '2026-08-21', ['10.00', '30.00', '0.80'], OPENAI_WITH_WRITES, 271_999),
  row('openai', 'gpt-5.6-sol', '2026-11-22', ['6.25', '30.00', '0.50'], OPENAI_WITH_WRITES),
  row('openai', 'gpt-5.6-sol', '2026-11-22', ['12.50', '45.00', '1.00'], OPENAI_WITH_WRITES, 271_999),
  row('openai', 'gpt-5.6-terra', '2026-07-30', ['2.50', '12.00', '0.20'], OPENAI_WITH_WRITES),
  row('openai', 'gpt-5.6-terra', '2026-07-30', ['5.00', '18.00', '0.40'], OPENAI_WITH_WRITES, 271_999),
  row('openai', 'gpt-5.6-luna', '2026-07-30', ['0.25', '1.20', '0.02'], OPENAI_WITH_WRITES),
  row('openai', 'gpt-5.6-luna', '2026-07-30', ['0.50', '1.80', '0.04'], OPENAI_WITH_WRITES, 271_999),
  row('openai', 'gpt-5.5', '2026-04-24', ['5.00', '30.00', '0.50'], OPENAI),
  row('openai', 'gpt-5.4', '2026-03-06', ['2.50', '15.00', '0.25'], OPENAI),
  row('openai', 'gpt-5.4', '2026-03-06', ['5.00', '22.50', '0.50'], OPENAI, 271_999),
  row('openai', 'gpt-5.4-mini', '2026-03-18', ['0.75', '4.50', '0.075'], OPENAI),
  row('openai', 'gpt-5.4-nano', '2026-03-18', ['0.20', '1.25', '0.02'], OPENAI),
  row('openai', 'gpt-5.2', '2025-12-11', ['1.75', '14.00', '0.175'], OPENAI),
  row('openai', 'gpt-5.1', '2025-11-13', ['1.25', '10.00', '0.125'], OPENAI),
  row('openai', 'gpt-5', '2025-08-07', ['1.25', '10.00', '0.125'], OPENAI),
  row('openai', 'gpt-5-mini', '2025-08-07', ['0.25', '2.00', '0.025'], OPENAI),
  row('openai', 'gpt-5-nano', '2025-08-07', ['0.05', '0.40', '0.005'], OPENAI),
  row('openai', 'gpt-4.1', '2025-04-14', ['2.00', '8.00', '0.50'], OPENAI),
  row('openai', 'gpt-4.1-mini', '2025-04-14', ['0.40', '1.60', '0.10'], OPENAI),
  row('openai', 'gpt-4.1-nano', '2025-04-14', ['0.10', '0.40', '0.025'], OPENAI),
  row('openai', 'gpt-4o', '2024-08-06', ['2.50', '10.00', '1.25'], OPENAI),
  row('openai', 'gpt-4o-mini', '2024-07-18', ['0.15', '0.60', '0.075'], OPENAI),
];
