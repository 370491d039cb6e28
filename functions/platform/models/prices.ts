import type { PricedChoice } from './configured-price.ts';
import { toDollars, unitsOf } from './dollars.ts';
import type { ModelChoice, Usage } from './model.ts';
import { isPaidServer, isPrivateServer } from './paid-servers.ts';
import type { PriceRow } from './price-additions.ts';
import { PRICE_TABLE } from './price-table.ts';

/**
 * Where a price is from, in this order of precedence:
 *
 * - `list`: the price table, for a model on a server that is known to charge.
 * - `configured`: the tenant's setting `prices`.
 * - `free`: a server on this machine or in its private network, whatever the model is called there, and the rehearsal.
 * - `list` also for a model on another public server, which may be a gateway to its provider.
 * - `upper_bound`: the server charges and the price is unknown, so the highest price of the provider's table is used.
 * - `free` also for an unknown model on another public server.
 */
export type PriceBasis = 'list' | 'configured' | 'upper_bound' | 'free';

interface Price {
  /** US dollars, exact, with up to ten decimals. */
  usd: string;
  basis: PriceBasis;
}

/**
 * A price in the table has up to four decimals and is for 10⁶ tokens, so the price of one token is a whole number of
 * 10⁻¹⁰ dollars.
 */
const PRICE_DECIMALS = 4;

interface Rates {
  input: bigint;
  output: bigint;
  cached: bigint;
  /** Of input that is written to the provider's cache. */
  written: bigint;
}

/** Returns the cost of a finished call in US dollars, exact, with up to ten decimals. */
export function costOf(choice: PricedChoice, usage: Usage, at: Date): string {
  return priceOf(choice, usage, at).usd;
}

/** Returns the cost as {@link costOf} does, and where its price is from. */
export function priceOf(choice: PricedChoice, usage: Usage, at: Date): Price {
  const { rates, basis } = ratesOf(choice, usage.input_tokens, at);
  const cached = BigInt(Math.min(usage.cached_tokens, usage.input_tokens));
  const uncached = BigInt(usage.input_tokens) - cached;
  const counted = BigInt(usage.cache_write_tokens ?? 0);
  const written = counted < uncached ? counted : uncached;
  const input = (uncached - written) * rates.input + written * rates.written + cached * rates.cached;
  return { usd: toDollars(input + BigInt(usage.output_tokens) * rates.output), basis };
}

/**
 * Returns the highest possible cost of a call: nothing is read from the cache, all input is written to it, and the
 * output limit is reached. For the reservation before the call.
 */
export function worstCaseCost(choice: PricedChoice, inputTokens: number, maxOutputTokens: number, at: Date): string {
  const { rates } = ratesOf(choice, inputTokens, at);
  return toDollars(BigInt(inputTokens) * rates.written + BigInt(maxOutputTokens) * rates.output);
}

/** Returns how many output tokens an amount covers in addition to the input. */
export function outputWithin(choice: PricedChoice, inputTokens: number, dollars: string, at: Date): number {
  const { rates } = ratesOf(choice, inputTokens, at);
  const left = unitsOf(dollars) - BigInt(inputTokens) * rates.written;
  if (rates.output === 0n) return Number.MAX_SAFE_INTEGER;
  return left < 0n ? 0 : Number(left / rates.output);
}

/** Returns the price of short calls of a model in US dollars per million tokens, to be shown to the user. */
export function shownPrice(choice: PricedChoice, at: Date): { basis: PriceBasis; input: string; output: string } {
  const { rates, basis } = ratesOf(choice, 0, at);
  const perMillion = (rate: bigint) => toDollars(1_000_000n * rate);
  return { basis, input: perMillion(rates.input), output: perMillion(rates.output) };
}

const FREE: Rates = { input: 0n, output: 0n, cached: 0n, written: 0n };

function ratesOf(choice: PricedChoice, inputTokens: number, at: Date): { rates: Rates; basis: PriceBasis } {
  const { provider, price } = choice;
  if (provider === 'rehearsal') return { rates: FREE, basis: 'free' };
  const { ofProvider, ofModel } = rowsOf(choice);
  const row = newest(highestTier(ofModel, inputTokens), at.toISOString().slice(0, 10));
  if (price && (row === undefined || !isPaidServer(provider))) {
    const cached = price.cached_input_per_million ?? price.input_per_million;
    return { rates: toRates({ ...price, provider, cached_input_per_million: cached }), basis: 'configured' };
  }
  if (isPrivateServer(provider)) return { rates: FREE, basis: 'free' };
  if (row !== undefined) return { rates: toRates(row), basis: 'list' };
  if (!isPaidServer(provider)) return { rates: FREE, basis: 'free' };
  return { rates: dearest(ofProvider.map(toRates)), basis: 'upper_bound' };
}

interface ChoiceRows {
  ofProvider: readonly PriceRow[];
  ofModel: readonly PriceRow[];
}

/** Rows by provider and model, because a turn asks for them twice. Tenants name models, so the map is bounded. */
const known = new Map<string, ChoiceRows>();
const MOST_KNOWN = 1_000;

function rowsOf({ provider, model }: ModelChoice): ChoiceRows {
  const key = `${provider}/${model}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const ofProvider = PRICE_TABLE.filter((row) => row.provider === provider);
  const rows = { ofProvider, ofModel: ofProvider.filter((row) => covers(row.model, model)) };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, rows);
  return rows;
}

/**
 * Returns whether a row is for this model: its name or a snapshot of it (`-20251001`, `-2026-04-23`, `@20260101`,
 * `-latest`, `-preview…`), but not `-mini`.
 */
function covers(name: string, model: string): boolean {
  // Vertex AI and the Gemini API also accept models as paths.
  const bare = model.replace(/^(models|publishers\/google\/models)\//, '');
  if (!bare.startsWith(name)) return false;
  return /^$|^[-@](\d{3,8}(-\d\d-\d\d)?|latest|preview(-[\d-]+)?)$/.test(bare.slice(name.length));
}

/** Returns the rows of the highest tier that the input reaches. Rows without a tier are the lowest tier. */
function highestTier(rows: readonly PriceRow[], inputTokens: number): PriceRow[] {
  const start = (row: PriceRow) => row.above_input_tokens ?? -1;
  const reached = rows.filter((row) => inputTokens > start(row));
  const highest = Math.max(...reached.map(start));
  return reached.filter((row) => start(row) === highest);
}

/** Returns the row in force on a day, or the first row for an earlier day. */
function newest(rows: readonly PriceRow[], day: string): PriceRow | undefined {
  const byDay = rows.toSorted((one, other) => one.valid_from.localeCompare(other.valid_from));
  return byDay.findLast((row) => row.valid_from <= day) ?? byDay[0];
}

function dearest(all: Rates[]): Rates {
  const most = (one: bigint, other: bigint) => (one > other ? one : other);
  return all.reduce((most_, rates) => ({
    input: most(most_.input, rates.input),
    output: most(most_.output, rates.output),
    cached: most(most_.cached, rates.cached),
    written: most(most_.written, rates.written),
  }));
}

type Row = Pick<PriceRow, 'input_per_million' | 'output_per_million' | 'cached_input_per_million'>;

function toRates(row: Row & { provider: ModelChoice['provider'] }): Rates {
  const input = toUnits(row.input_per_million);
  return {
    input,
    output: toUnits(row.output_per_million),
    cached: toUnits(row.cached_input_per_million),
    // Claude's cache for five minutes; a part of a unit is rounded up. The input prices of OpenAI contain its writes.
    written: row.provider === 'claude' ? (input * 5n + 3n) / 4n : input,
  };
}

/** Converts a price to units per token: `0.075` dollars per million tokens are 750 units per token. */
function toUnits(price: string): bigint {
  const [whole = '0', fraction = ''] = price.split('.');
  return BigInt(whole + fraction.padEnd(PRICE_DECIMALS, '0'));
}
