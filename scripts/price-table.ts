import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

/**
 * `node scripts/price-table.ts [version]`: writes functions/platform/models/price-table.ts from the price data of the
 * npm package `@pydantic/genai-prices` (MIT). The package is unpacked into a temporary folder and is no dependency of
 * the product.
 */

const PACKAGE = '@pydantic/genai-prices';
const TARGET = join(import.meta.dirname, '../functions/platform/models/price-table.ts');

/**
 * The models that get a price. A model that is missing is charged at the highest price of its provider, and so are
 * models of OpenAI-compatible servers; so special models with very high prices (`o1-pro`, 600 dollars) are left out on
 * purpose.
 */
const MODELS = {
  gemini: {
    provider: 'google',
    names:
      /^gemini-(3\.[5678]-flash(-lite)?|3\.1-pro-preview|3\.1-flash-lite|3-flash-preview|2\.5-(pro|flash|flash-lite)|embedding-001)$/,
  },
  claude: { provider: 'anthropic', names: /^claude-(fable|opus|sonnet|haiku)-(5|5-\d|4-[5-8])$/ },
  openai: {
    provider: 'openai',
    names:
      /^gpt-(6(\.\d)?-(astra|sol|luna)|5\.6-(sol|terra|luna)|5\.[1245]|5\.4-(mini|nano)|5(-mini|-nano)?|4\.1(-mini|-nano)?|4o(-mini)?)$/,
  },
} as const;

const Amount = z.union([
  z.number(),
  z.object({ base: z.number(), tiers: z.array(z.object({ start: z.number(), price: z.number() })) }),
]);
const Prices = z.object({
  input_mtok: Amount,
  output_mtok: Amount.default(0),
  cache_read_mtok: Amount.optional(),
  cache_write_mtok: Amount.optional(),
});
const Dated = z.object({
  constraint: z.object({ type: z.literal('start_date'), start_date: z.iso.date() }).optional(),
  prices: Prices,
});
const Model = z.object({ id: z.string(), prices: z.unknown() });
const ProviderData = z.object({ models: z.array(Model) });
type Amount = z.infer<typeof Amount>;

/** The package names no first day for most prices. */
const NO_FIRST_DAY = '2020-01-01';

const version = process.argv[2] ?? npm('view', PACKAGE, 'version').trim();
const times: unknown = JSON.parse(npm('view', PACKAGE, 'time', '--json'));
const published = z.record(z.string(), z.string()).parse(times)[version]?.slice(0, 10);
if (published === undefined) throw new Error(`${PACKAGE} has no version ${version}`);
const rows = await readRows(version, published);
writeFileSync(TARGET, fileText(rows));
console.log(`wrote ${rows.length} prices of ${PACKAGE} ${version} (${published})`);

function npm(...parameters: string[]): string {
  return execFileSync('npm', parameters, { encoding: 'utf8' });
}

async function readRows(wanted: string, day: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'apexflow-prices-'));
  try {
    npm('pack', `${PACKAGE}@${wanted}`, '--pack-destination', folder, '--silent');
    execFileSync('tar', ['xzf', `${PACKAGE.replace('@', '').replace('/', '-')}-${wanted}.tgz`], { cwd: folder });
    const { findProvider } = await import(pathToFileURL(join(folder, 'package/dist/index.js')).href);
    return Object.entries(MODELS).flatMap(([provider, { provider: providerId, names }]) =>
      ProviderData.parse(findProvider({ providerId }))
        .models.filter(({ id }) => names.test(id))
        .sort((one, other) => one.id.localeCompare(other.id))
        .flatMap(({ id, prices }) => rowsOf(`${provider} ${id}`, prices, day)),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One line for each price that is in force on the day or later, and for each tier of it. */
function rowsOf(name: string, prices: unknown, day: string): string[] {
  const dated = z.array(Dated).parse(Array.isArray(prices) ? prices : [{ prices }]);
  const firstDay = ({ constraint }: z.infer<typeof Dated>) => constraint?.start_date ?? NO_FIRST_DAY;
  const inForce = dated.filter((entry) => firstDay(entry) <= day).at(-1);
  const kept = dated.filter((entry) => entry === inForce || firstDay(entry) > day);
  const tiers = kept.map((entry) => JSON.stringify(startsOf(entry.prices.input_mtok)));
  // The tier of a call is chosen before its day, so all prices of a model must have the same tiers.
  if (new Set(tiers).size > 1) throw new Error(`The tiers of ${name} change with time; write its rows by hand`);
  return kept.flatMap((entry) =>
    startsOf(entry.prices.input_mtok).map((start) => rowText(name, firstDay(entry), entry.prices, start)),
  );
}

/** Undefined stands for the ordinary price; the others are input tokens above which a tier begins. */
function startsOf(amount: Amount): (number | undefined)[] {
  return typeof amount === 'number' ? [undefined] : [undefined, ...amount.tiers.map(({ start }) => start)];
}

function rowText(name: string, from: string, prices: z.infer<typeof Prices>, start: number | undefined): string {
  const { input_mtok, cache_write_mtok, output_mtok, cache_read_mtok } = prices;
  // OpenAI writes to its cache without being asked, and the usage does not tell how much: the higher price counts for
  // all input.
  const input = name.startsWith('openai') ? (cache_write_mtok ?? input_mtok) : input_mtok;
  const texts = [input, output_mtok, cache_read_mtok ?? input].map((amount) => `'${decimal(amount, start)}'`);
  const options =
    start === undefined ? 'SOURCE' : `{ ...SOURCE, above: ${start.toLocaleString('en').replaceAll(',', '_')} }`;
  return `priceRow('${name}', '${from}', [${texts.join(', ')}], ${options}),`;
}

function decimal(amount: Amount, start: number | undefined): string {
  const price =
    typeof amount === 'number' ? amount : (amount.tiers.find((tier) => tier.start === start)?.price ?? amount.base);
  const text = String(price);
  if (!/^\d{1,4}(\.\d{1,4})?$/.test(text)) throw new Error(`The price ${text} has more than four decimals`);
  return text;
}

function fileText(lines: readonly string[]): string {
  return `import { PRICE_ADDITIONS, type PriceRow, priceRow } from './price-additions.ts';

/**
 * Generated by \`node scripts/price-table.ts\`; do not edit. Source: the package ${PACKAGE} ${version},
 * published ${published} (MIT). \`${NO_FIRST_DAY}\` stands for a price whose first day the source does not name.
 * OpenAI's input prices are the prices of cache writes where the source has them.
 */

const SOURCE = { source: 'https://www.npmjs.com/package/${PACKAGE}/v/${version}, published ${published}' };

/** List prices of the standard tier. A model without a row is charged at the highest price of its provider. */
export const PRICE_TABLE: readonly PriceRow[] = [
${lines.map((line) => `  ${line}`).join('\n')}
  ...PRICE_ADDITIONS,
];
`;
}
