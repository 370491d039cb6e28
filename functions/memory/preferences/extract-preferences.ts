import { cutText } from '../../platform/cut-text.ts';
import { answerOf } from '../../platform/language/read-answer.ts';
import { readStatement } from '../../platform/language/read-statement.ts';
import type { Strength } from '../confidence.ts';
import { KNOWN, type KnownPreference } from './known-preferences.ts';
import { DENIED, type StagedPreference } from './preference.ts';
import { foreignWishesIn } from './read-foreign-wish.ts';
import { isOwnChoice, isTool, stanceOf } from './read-wish.ts';

/** What a sentence says about its author, as a field of a hub. */
type ExtractedPreference = Pick<StagedPreference, 'hub' | 'field' | 'value' | 'strength'>;

/**
 * Extracts preferences from a user's text, sentence by sentence, without a model. Known wishes become known fields with
 * known values, and with `not` in front when the sentence denies them; any other "I prefer …" or "I never want …"
 * becomes a field under `extras`. Deterministic; runs in linear time, because only the first 20,000 characters are read
 * and long sentences are skipped.
 */
export function extractPreferences(text: string): (ExtractedPreference & { text: string })[] {
  const read = cutText(text, LONGEST);
  const sentences = read
    .split(/(?<=[.!?؟])\s+|(?<=[。！？])|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length >= 4 && sentence.length <= 400 && !/[?？؟]$/.test(sentence));
  const context = cutText(read, LONGEST_CONTEXT);
  const found = sentences.flatMap((sentence) =>
    fieldsOf(sentence, context).map((field) => ({ ...field, text: sentence })),
  );
  // The last word about a value counts, also when it denies an earlier one.
  const bare = (value: string) => (value.startsWith(DENIED) ? value.slice(DENIED.length) : value);
  const seen = new Map(found.map((field) => [`${field.hub} ${field.field} ${bare(field.value)}`, field]));
  return [...seen.values()].slice(0, MOST);
}

const LONGEST = 20_000;
/** How much of a text is read for technical words. */
const LONGEST_CONTEXT = 2000;
const MOST = 20;

const WISH =
  /\b(?:i|we) (?:really |always |strongly |also )?((?:do not |don['’]?t |never |no longer |can['’]?t |cannot )(?:really |ever )?(?:prefer|want|like|love|use|need|accept|allow|stand|work|deploy|eat|drink)|prefer|want|like|love|hate|avoid|dislike) ([^.!;]{3,120})/i;

function fieldsOf(sentence: string, context: string): ExtractedPreference[] {
  const strength = strengthOf(sentence);
  const known = KNOWN.flatMap((preference) => knownIn(preference, sentence, context));
  const place = placeIn(sentence);
  const said = known.filter(
    ({ field, value }) =>
      !value.startsWith(DENIED) || !known.some((other) => other.field === field && !other.value.startsWith(DENIED)),
  );
  const own = place === undefined ? said : [...said, place];
  const found = own.length > 0 ? own : foreignWishesIn(sentence);
  if (found.length > 0) return found.map((field) => ({ ...field, strength }));
  const wish = WISH.exec(sentence);
  if (wish === null || stanceOf({ sentence, start: wish.index, end: wish.index }) !== 'wanted') return [];
  const [, verb = '', what = ''] = wish;
  return [
    {
      hub: 'preferences',
      field: `extras.${slugOf(/ /.test(verb) ? `${verb} ${what}` : what)}`,
      value: wish[0].trim(),
      strength,
    },
  ];
}

type Unweighted = Omit<ExtractedPreference, 'strength'>;

function knownIn(
  { hub, field, pattern, value, kind }: KnownPreference,
  sentence: string,
  context: string,
): Unweighted[] {
  const found: Unweighted[] = [];
  for (const match of sentence.matchAll(pattern)) {
    const place = { sentence, start: match.index, end: match.index + match[0].length };
    const named = value ?? (match[1] ?? '').toLowerCase().trim();
    const stance = stanceOf(place);
    if (stance === 'unsaid') continue;
    if (kind === 'choice' && !(isOwnChoice(place) && isTool(place, named, context))) continue;
    // "answering in German" alone asks for nothing.
    if (stance === 'wanted' && /^\w+ing /.test(match[0])) continue;
    // What somebody is not says little about them.
    if (stance === 'denied' && kind === 'fact') continue;
    found.push({ hub, field, value: stance === 'denied' ? `${DENIED}${named}` : named });
  }
  return found;
}

/** Returns where the author lives or works from, if the sentence names a place. */
function placeIn(sentence: string): Unweighted | undefined {
  const { words, denial } = readStatement(sentence.replace(/\b(i|we) work from\b/i, '$1 live in'));
  if (denial !== undefined) return undefined;
  const answer = answerOf(words);
  if (answer?.question !== 'i lives in' || answer.value.kind !== 'name') return undefined;
  const value = answer.value.words.map(({ plain }) => plain).join(' ');
  return { hub: 'soft_identity', field: 'place', value };
}

/** Returns how strongly a sentence is worded: "always" is strong, "maybe" is weak. */
function strengthOf(sentence: string): Strength {
  if (/\b(always|never|must|strongly|only)\b/i.test(sentence)) return 'strong';
  return /\b(maybe|perhaps|usually|sometimes|a bit|rather(?! than))\b/i.test(sentence) ? 'weak' : 'medium';
}

function slugOf(words: string): string {
  const slug = words.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '_');
  return cutText(slug, 40).replace(/^_|_$/g, '') || 'wish';
}
