/** Well-known names, for sentences that are written in lower case. A capital letter makes a name without this list. */

const CITIES =
  'munich hamburg cologne frankfurt stuttgart leipzig dresden bremen milan naples turin florence venice barcelona seville valencia bilbao malaga porto lyon marseille nantes bordeaux toulouse nice geneva basel bern salzburg graz antwerp ghent bruges rotterdam utrecht eindhoven manchester birmingham leeds liverpool bristol glasgow edinburgh cardiff belfast cork krakow gdansk wroclaw poznan brno gothenburg malmo bergen trondheim aarhus tampere austin dallas houston seattle portland boston philadelphia atlanta miami washington nashville oakland montreal ottawa calgary quebec osaka kyoto nagoya mumbai delhi bangalore chennai hyderabad pune beijing shenzhen guangzhou rio recife medellin guadalajara casablanca cape-town hanoi tel-aviv haifa';
const PRODUCTS =
  'typescript javascript python go golang rust java kotlin ruby php swift elixir scala react vue svelte angular nextjs nuxt django flask rails express fastify laravel spring postgres postgresql mysql sqlite mongodb redis mariadb memcached kafka rabbitmq elasticsearch bigquery snowflake s3 aws gcp azure heroku vercel netlify render hetzner docker kubernetes terraform jenkins github gitlab bitbucket jira slack vim neovim emacs vscode intellij zed cursor npm pnpm yarn bun pip poetry uv linux ubuntu debian macos windows bitwarden keepass 1password lastpass notion obsidian evernote gmail outlook chrome firefox safari edge mac iphone ipad android spotify netflix youtube twitter facebook instagram linkedin reddit discord telegram whatsapp signal zoom teams trello asana figma sketch photoshop excel word powerpoint dropbox icloud onedrive confluence webpack vite jest vitest mocha eslint biome prettier tailwind bootstrap webflow wordpress shopify stripe paypal chatgpt claude gemini copilot steam xbox playstation';

const products = new Set(PRODUCTS.split(' '));
let cities: Set<string> | undefined;

/** Returns whether a word in lower case is the name of a common tool or service. */
export function isProduct(word: string): boolean {
  return products.has(word);
}

/** Returns whether the words, in lower case, are the name of a large city, a country or a common tool. */
export function isKnownName(words: string): boolean {
  cities ??= new Set([...CITIES.split(' ').map((city) => city.replace('-', ' ')), ...places()]);
  return isProduct(words) || cities.has(words);
}

/** The cities of the time zones and the countries that the runtime knows. */
function places(): string[] {
  const cities = Intl.supportedValuesOf('timeZone').map((zone) => zone.split('/').at(-1)?.replaceAll('_', ' ') ?? '');
  const display = new Intl.DisplayNames('en', { type: 'region' });
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
  const countries = letters.flatMap((one) => letters.map((other) => display.of(one + other) ?? ''));
  return [...cities, ...countries].filter((name) => name.length > 2).map((name) => name.toLowerCase());
}

const PEOPLES =
  'english german french spanish italian dutch swedish norwegian danish finnish polish czech slovak hungarian romanian bulgarian greek turkish russian ukrainian portuguese brazilian japanese chinese korean thai vietnamese indian hindi arabic hebrew persian irish scottish welsh british american canadian mexican australian austrian swiss belgian european african asian';

/** Returns whether a word names a people or a language, which says of a person or a text what it is, not its name. */
export function isPeople(word: string): boolean {
  return PEOPLES.split(' ').includes(word);
}
