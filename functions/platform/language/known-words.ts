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

/** Words that say how something is. An answer of such words does not answer which one it is. */
const QUALITIES = new Set(
  `absent accurate active afraid alive alone amazing angry annoying asleep available awake away awesome awful back bad beautiful best better big bitter bland boring
   bright brilliant broken busy calm careful cheap clean clear clever closed cold comfortable common complete complex confusing cool correct crazy critical crowded cruel
   cute daily dark dead deaf dear deep delicious demanding dense difficult dirty done double down dry dull early easy empty equal essential exact excellent excited
   exhausting expensive extra fair false famous fancy fantastic far fast fat fine finished firm fit flat flexible fluent foggy free fresh full fun
   funny gentle glad gone good gorgeous great happy hard healthy heavy here high hilarious honest hot huge humid hungry ideal ill illegal important impossible inactive
   incomplete incorrect inside intense interesting invalid kind large last lazy legal light likely little local lonely long loose lost loud lovely low loyal lucky
   mad major mandatory massive mean medium messy mild minor missing mixed modern narrow nasty near neat negative nervous new nice noisy normal obsolete obvious odd off offline
   ok okay old on online open optional original out outdated outside over overdue pending perfect personal plain poor popular positive possible pretty
   private probable proper proud public pure quick quiet random rare raw ready real realistic unrealistic relaxed reliable remote rich right ripe rough round rude sad safe salty same scary
   scarce secret secure sensitive serious severe shaky shared sharp short shut shy sick silent silly simple single slim slow small smart smooth soft solid sore sour special
   spicy stable stale steep sticky stiff strange strict strong stupid sturdy sudden sunny super sure sweet tall tasty temporary tense terrible there thick thin thirsty tight tiny
   tired top tough toxic tricky true ugly unclear unfair unique unknown unlikely unstable unusual up upset urgent useful useless usual vague valid vast visible invisible warm weak weird
   wet whole wide wild wise wonderful worse worst wrong young`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Words that begin an answer about how, where or why something is. */
const LEADING =
  /^(always|never|often|usually|mostly|only|just|very|too|so|quite|rather|pretty|really|almost|nearly|still|already|about|above|after|against|among|around|as|at|because|before|behind|below|beneath|beside|between|beyond|by|during|for|from|in|inside|into|like|near|of|off|on|out|outside|over|per|since|than|through|to|under|until|up|upon|via|with|within|without|if|that|what|when|where|who|why|how|it|its|his|her|their|my|our|your|this|these|those|everything|nothing|something|someone|nobody|everybody|all|any|some|many|more|most|much|less|both|each|every|not|no|hard|easy|good|bad)$/;

/** Returns whether words of an answer say how something is ("too high", "protected") and do not name it. */
export function isQuality(words: readonly string[]): boolean {
  const [first = ''] = words;
  return (
    LEADING.test(first) || words.some((word) => QUALITIES.has(word) || /.{3}(ful|less|ous|able|ible|ly|ed)$/.test(word))
  );
}
