import { array, assert, constantFrom, integer, property, record, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import { ConfiguredPrices } from '../../../functions/platform/models/configured-price.ts';
import { DEFAULT_MODELS } from '../../../functions/platform/models/default-models.ts';
import { isPaidServer, isPrivateServer } from '../../../functions/platform/models/paid-servers.ts';
import { PRICE_ADDITIONS } from '../../../functions/platform/models/price-additions.ts';
import { PRICE_TABLE } from '../../../functions/platform/models/price-table.ts';
import { costOf, outputWithin, priceOf, shownPrice, worstCaseCost } from '../../../functions/platform/models/prices.ts';

const today = new Date('2026-11-21T12:00:00Z');
const usageOf = (input: number, output = 0, cached = 0) => ({
  input_tokens: input,
  output_tokens: output,
  cached_tokens: cached,
});
const flash = { provider: 'gemini', model: 'gemini-3.8-flash' } as const;

/** Converts decimal text to units of 10⁻¹⁰ dollars, with another method than the code's. */
function toUnits(usd: string): bigint {
  const match = /^(\d+)(?:\.(\d{1,10}))?$/.exec(usd);
  if (match === null) throw new Error(`not a price: ${usd}`);
  return BigInt(match[1] ?? '') * 10n ** 10n + BigInt((match[2] ?? '').padEnd(10, '0'));
}

test('costs match amounts that were calculated by hand', () => {
  expect(costOf(flash, usageOf(1_000_000), today)).toBe('0.75');
  expect(costOf(flash, usageOf(1, 1), today)).toBe('0.0000045');
  expect(costOf(flash, usageOf(1_000_000, 1_000_000, 1_000_000), today)).toBe('3.825');
  expect(costOf(flash, usageOf(1, 0, 1), today)).toBe('0.000000075');
  expect(costOf({ provider: 'claude', model: 'claude-opus-5-5' }, usageOf(1500, 300), today)).toBe('0.012');
  expect(costOf(flash, usageOf(0), today)).toBe('0');
});

test('writing to Claude’s cache costs a quarter more than other input, and no other provider charges for it', () => {
  const sonnet = { provider: 'claude', model: 'claude-sonnet-4-5' } as const;
  const written = { ...usageOf(100_000, 10, 20_000), cache_write_tokens: 80_000 };
  expect(costOf(sonnet, written, today)).toBe('0.30615');
  expect(costOf(sonnet, { ...usageOf(1), cache_write_tokens: 1 }, today)).toBe('0.00000375');
  expect(costOf(sonnet, { ...usageOf(1000), cache_write_tokens: 9000 }, today)).toBe('0.00375');
  expect(worstCaseCost(sonnet, 1000, 10, today)).toBe('0.0039');
  expect(costOf(flash, written, today)).toBe(costOf(flash, usageOf(100_000, 10, 20_000), today));
  expect(toUnits(priceOf({ provider: 'claude', model: 'new' }, written, today).usd)).toBeGreaterThan(
    toUnits(costOf({ provider: 'claude', model: 'new' }, usageOf(100_000, 10, 20_000), today)),
  );
});

test('every cost is exact for any counts', () => {
  const count = integer({ min: 0, max: 2_000_000_000 });
  assert(
    property(constantFrom(...PRICE_TABLE), record({ input: count, output: count, cached: count }), (row, counts) => {
      const usage = usageOf(counts.input, counts.output, counts.cached);
      const usd = costOf({ provider: row.provider, model: row.model }, usage, new Date('2026-12-01T00:00:00Z'));
      // Finds the row in force by brute force.
      const inForce = PRICE_TABLE.filter((other) => other.model === row.model && other.provider === row.provider)
        .filter((other) => counts.input > (other.above_input_tokens ?? -1))
        .filter((other) => other.valid_from <= '2026-12-01')
        .toSorted((one, other) => (one.above_input_tokens ?? -1) - (other.above_input_tokens ?? -1))
        .at(-1);
      if (inForce === undefined) throw new Error('no row');
      const rate = (price: string) => toUnits(price) / 10n ** 6n;
      const cached = BigInt(Math.min(counts.cached, counts.input));
      const expected =
        (BigInt(counts.input) - cached) * rate(inForce.input_per_million) +
        cached * rate(inForce.cached_input_per_million) +
        BigInt(counts.output) * rate(inForce.output_per_million);
      expect(toUnits(usd)).toBe(expected);
    }),
  );
});

test('the sum of the costs of calls is the cost of their summed tokens', () => {
  const counts = tuple(integer({ min: 0, max: 9999 }), integer({ min: 0, max: 9999 }));
  assert(
    property(array(counts, { maxLength: 20 }), (calls) => {
      const each = calls.map(([input, output]) => toUnits(costOf(flash, usageOf(input, output), today)));
      const input = calls.reduce((sum, call) => sum + call[0], 0);
      const output = calls.reduce((sum, call) => sum + call[1], 0);
      const whole = costOf(flash, usageOf(input, output), today);
      expect(each.reduce((sum, units) => sum + units, 0n)).toBe(toUnits(whole));
    }),
  );
});

test('a price changes on its first day (UTC)', () => {
  expect(costOf(flash, usageOf(1_000_000), new Date('2026-12-31T23:59:59Z'))).toBe('0.75');
  expect(costOf(flash, usageOf(1_000_000), new Date('2027-01-01T00:00:00Z'))).toBe('1.5');
});

test('a long input has the price of its tier for the whole call', () => {
  const pro = { provider: 'gemini', model: 'gemini-3.1-pro-preview' } as const;
  expect(costOf(pro, usageOf(200_000), today)).toBe('0.4');
  expect(costOf(pro, usageOf(200_001), today)).toBe('0.800004');
});

test('snapshots and paths have the price of their model, other model sizes do not', () => {
  const priced = (provider: 'gemini' | 'claude' | 'openai', model: string) =>
    priceOf({ provider, model }, usageOf(1_000_000), today);
  expect(priced('claude', 'claude-haiku-4-5-20251001')).toEqual({ usd: '1', basis: 'list' });
  expect(priced('claude', 'claude-haiku-4-5@20251001')).toEqual({ usd: '1', basis: 'list' });
  expect(priced('openai', 'gpt-5.4-mini-2026-03-17')).toEqual({ usd: '0.75', basis: 'list' });
  expect(priced('gemini', 'models/gemini-2.5-flash')).toEqual({ usd: '0.3', basis: 'list' });
  expect(priced('gemini', 'gemini-2.5-flash-preview-09-2025')).toEqual({ usd: '0.3', basis: 'list' });
  expect(priced('gemini', 'gemini-2.5-flash-lite')).toEqual({ usd: '0.1', basis: 'list' });
  expect(priced('gemini', 'gemini-2.5-flash-image').basis).toBe('upper_bound');
  expect(priced('claude', 'claude-opus-5-7').basis).toBe('upper_bound');
});

test('an unknown model of a paid server has the highest price of its provider, as an upper bound', () => {
  for (const provider of ['gemini', 'claude', 'openai', 'qwen'] as const) {
    const unknown = priceOf({ provider, model: 'something-new' }, usageOf(250_000, 1000, 100), today);
    expect(unknown.basis).toBe('upper_bound');
    for (const row of PRICE_TABLE.filter((entry) => entry.provider === provider)) {
      const known = costOf({ provider, model: row.model }, usageOf(250_000, 1000, 100), today);
      expect(toUnits(unknown.usd)).toBeGreaterThanOrEqual(toUnits(known));
    }
  }
});

test('a model on a server of the deployment costs what the tenant configured, else nothing at a private address', () => {
  environment.OPENAI_BASE_URL = 'http://localhost:11434/v1';
  try {
    const local = { provider: 'openai', model: 'qwen3-coder:30b' } as const;
    const price = { input_per_million: '0.1', output_per_million: '0.3001' };
    expect(priceOf(local, usageOf(1000, 1000), today)).toEqual({ usd: '0', basis: 'free' });
    const paid = { usd: '0.0004001', basis: 'configured' };
    expect(priceOf({ ...local, price }, usageOf(1000, 1000, 500), today)).toEqual(paid);
    const cheap = { ...price, cached_input_per_million: '0' };
    expect(priceOf({ ...local, price: cheap }, usageOf(1000, 1000, 1000), today).usd).toBe('0.0003001');
    const gateway = { provider: 'openai', model: 'gpt-6-sol' } as const;
    expect(priceOf(gateway, usageOf(1_000_000), today)).toEqual({ usd: '0', basis: 'free' });
    expect(priceOf({ ...gateway, price }, usageOf(1_000_000), today)).toEqual({ usd: '0.1', basis: 'configured' });
    // At a public address it may be a gateway to the provider, which passes the list price on.
    environment.OPENAI_BASE_URL = 'https://llm.example.org/v1';
    expect(priceOf(local, usageOf(1000, 1000), today)).toEqual({ usd: '0', basis: 'free' });
    expect(priceOf(gateway, usageOf(1_000_000), today)).toEqual({ usd: '5', basis: 'list' });
    expect(priceOf({ ...gateway, price }, usageOf(1_000_000), today)).toEqual({ usd: '0.1', basis: 'configured' });
  } finally {
    environment.OPENAI_BASE_URL = undefined;
  }
});

test('at its provider a listed model has its list price, and a configured price replaces only an upper bound', () => {
  const price = { input_per_million: '0', output_per_million: '0' };
  expect(priceOf({ ...flash, price }, usageOf(1_000_000), today)).toEqual({ usd: '0.75', basis: 'list' });
  const unknown = { provider: 'gemini', model: 'something-new', price } as const;
  expect(priceOf(unknown, usageOf(1_000_000), today)).toEqual({ usd: '0', basis: 'configured' });
});

test.each([
  [undefined, true],
  ['https://api.openai.com/v1', true],
  ['https://eu.api.openai.com/v1', true],
  ['https://api.deepseek.com', true],
  ['https://mine.openai.azure.com/openai/v1', true],
  ['no address', true],
  ['http://localhost:11434/v1', false],
  ['http://10.0.0.7:8000/v1', false],
  ['https://llm.example.org/v1', false],
  ['https://openai.com.example.org/v1', false],
  ['https://notopenai.com/v1', false],
])('the server at %s charges: %s', (url, isPaid) => {
  const settings = { ...environment, OPENAI_BASE_URL: url };
  expect(isPaidServer('openai', settings)).toBe(isPaid);
});

test.each([
  [undefined, false],
  ['http://localhost:11434/v1', true],
  ['http://127.0.0.1:1/v1', true],
  ['http://[::1]:8000/v1', true],
  ['http://[fd00::7]:8000/v1', true],
  ['http://192.168.1.7:1234/v1', true],
  ['http://ollama:11434/v1', true],
  ['http://host.docker.internal:11434/v1', true],
  ['http://gpu.LOCAL:8000/v1', true],
  ['https://llm.example.org/v1', false],
  ['https://localhost.example.org/v1', false],
  ['https://8.8.8.8/v1', false],
  ['https://[2606:4700::1]/v1', false],
  ['no address', false],
])('the server at %s is on this machine or in its private network: %s', (url, isPrivate) => {
  const settings = { ...environment, OPENAI_BASE_URL: url, GOOGLE_GEMINI_BASE_URL: url, ANTHROPIC_BASE_URL: url };
  expect(isPrivateServer('openai', settings)).toBe(isPrivate);
  // A proxy of these providers, such as the scripted servers of the tests.
  for (const provider of ['gemini', 'claude'] as const) expect(isPrivateServer(provider, settings)).toBe(false);
});

test('configured prices are exact decimals by provider and model', () => {
  const price = { input_per_million: '0.25', output_per_million: '1' };
  expect(ConfiguredPrices.safeParse({ 'openai/qwen3:8b': price }).success).toBe(true);
  for (const wrong of [
    { 'qwen3:8b': price },
    { 'openai/': price },
    { 'rehearsal/x': price },
    { 'openai/x': { ...price, input_per_million: 0.25 } },
    { 'openai/x': { ...price, input_per_million: '-1' } },
    { 'openai/x': { ...price, input_per_million: '0.00001' } },
    { 'openai/x': { ...price, input_per_million: '1e3' } },
    { 'openai/x': { input_per_million: '1' } },
  ])
    expect([wrong, ConfiguredPrices.safeParse(wrong).success]).toEqual([wrong, false]);
});

test('an amount covers as many output tokens as it reserves', () => {
  const count = integer({ min: 0, max: 100_000 });
  assert(
    property(constantFrom(...PRICE_TABLE), count, count, ({ provider, model, output_per_million }, input, output) => {
      const amount = worstCaseCost({ provider, model }, input, output, today);
      const covered = outputWithin({ provider, model }, input, amount, today);
      if (output_per_million === '0') expect(covered).toBeGreaterThan(output);
      else expect(covered).toBe(output);
    }),
  );
  expect(outputWithin(flash, 1_000_000, '0.1', today)).toBe(0);
});

test('the shown price is per million tokens', () => {
  expect(shownPrice(flash, today)).toEqual({ basis: 'list', input: '0.75', output: '3.75' });
});

test('the rehearsal is free', () => {
  expect(priceOf({ provider: 'rehearsal', model: 'any' }, usageOf(1e9, 1e9), today)).toEqual({
    usd: '0',
    basis: 'free',
  });
});

test('no call within its limits costs more than worstCaseCost', () => {
  const count = integer({ min: 0, max: 500_000 });
  assert(
    property(constantFrom(...PRICE_TABLE), count, count, count, ({ provider, model }, input, output, cached) => {
      const worst = worstCaseCost({ provider, model }, input, output, today);
      const usage = { ...usageOf(input, output, cached), cache_write_tokens: input };
      expect(toUnits(costOf({ provider, model }, usage, today))).toBeLessThanOrEqual(toUnits(worst));
    }),
  );
});

test('the table is valid, has each price once, and has the default models', () => {
  for (const row of PRICE_TABLE) {
    expect(row.valid_from).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(row.source).toMatch(/^https:/);
    for (const price of [row.input_per_million, row.output_per_million, row.cached_input_per_million]) {
      expect(price).toMatch(/^\d{1,4}(\.\d{1,4})?$/);
    }
    expect(Number(row.cached_input_per_million)).toBeLessThanOrEqual(Number(row.input_per_million));
  }
  const keys = PRICE_TABLE.map((row) => `${row.provider} ${row.model} ${row.valid_from} ${row.above_input_tokens}`);
  expect(new Set(keys).size).toBe(keys.length);
  for (const provider of ['gemini', 'claude', 'openai', 'qwen'] as const) {
    expect(priceOf({ provider, model: DEFAULT_MODELS[provider].model }, usageOf(1), today).basis).toBe('list');
  }
});

test('a hand-written price of a model that the generated table has is newer than the source of the table', () => {
  const handWritten = new Set(PRICE_ADDITIONS);
  const generated = PRICE_TABLE.filter((row) => !handWritten.has(row));
  const published = /published (\d{4}-\d\d-\d\d)$/.exec(generated[0]?.source ?? '')?.[1] ?? 'no date';
  expect(published).toMatch(/^20/);
  const models = new Set(generated.map(({ model }) => model));
  const outdated = PRICE_ADDITIONS.filter(({ model, valid_from }) => models.has(model) && valid_from <= published);
  expect(outdated).toEqual([]);
});
