import { cutText } from '../../platform/cut-text.ts';
import type { Strength } from '../confidence.ts';
import type { Hub, StagedPreference } from './preference.ts';

/** What a sentence says about its author, as a field of a hub. */
type ExtractedPreference = Pick<StagedPreference, 'hub' | 'field' | 'value' | 'strength'>;

/**
 * Extracts preferences from a user's text, sentence by sentence, without a model. Known wishes become known fields with
 * known values; any other "I prefer …" becomes a field under `extras`. Deterministic; runs in linear time, because only
 * the first 20,000 characters are read and long sentences are skipped.
 */
export function extractPreferences(text: string): (ExtractedPreference & { text: string })[] {
  const sentences = text
    .slice(0, LONGEST)
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length >= 4 && sentence.length <= 400 && !sentence.endsWith('?'));
  const found = sentences.flatMap((sentence) => fieldsOf(sentence).map((field) => ({ ...field, text: sentence })));
  const seen = new Map(found.map((field) => [`${field.hub} ${field.field} ${field.value}`, field]));
  return [...seen.values()].slice(0, MOST);
}

const LONGEST = 20_000;
const MOST = 20;

type Known = readonly [hub: Hub, field: string, pattern: RegExp, value?: string];

/** Without a value, the value is the text of the pattern's group. */
const KNOWN: readonly Known[] = [
  [
    'preferences',
    'output.verbosity',
    /\b(keep it short|be (brief|concise)|short answers|concise answers|briefly)\b/i,
    'brief',
  ],
  [
    'preferences',
    'output.verbosity',
    /\b(in detail|detailed answers|be thorough|long answers|explain everything)\b/i,
    'detailed',
  ],
  ['preferences', 'output.emoji', /\b(no|without|avoid|never use) emojis?\b/i, 'none'],
  ['preferences', 'output.format', /\b(bullet points|bullets|as a list)\b/i, 'bullets'],
  ['preferences', 'output.format', /\b(as prose|no bullets|full sentences)\b/i, 'prose'],
  [
    'preferences',
    'output.language',
    /\b(?:answer|write|reply|respond) in (english|german|french|spanish|italian|dutch|swedish|polish|portuguese|japanese|chinese)\b/i,
  ],
  ['preferences', 'output.tone', /\b(?:be|sound|stay) (formal|casual|friendly|neutral|polite)\b/i],
  ['preferences', 'questions', /\b(ask (me )?before|ask first|always ask)\b/i, 'ask first'],
  ['preferences', 'questions', /\b(don't ask|do not ask|just decide|without asking)\b/i, 'decide alone'],
  [
    'preferences',
    'coding.language',
    /\b(?:prefer|like|love|use|always use|write it in) (typescript|javascript|python|go|rust|java|kotlin|ruby|php|c#|swift)\b/i,
  ],
  [
    'preferences',
    'coding.database',
    /\b(?:prefer|like|use|always use) (postgres(?:ql)?|mysql|sqlite|mongodb|redis|mariadb)\b/i,
  ],
  [
    'preferences',
    'coding.framework',
    /\b(?:prefer|like|use|always use) (react|vue|svelte|angular|next\.js|django|flask|rails|express|fastify)\b/i,
  ],
  ['preferences', 'coding.indentation', /\b(?:prefer|use|always use) (tabs|spaces|two spaces|four spaces)\b/i],
  ['preferences', 'tooling.packages', /\b(?:prefer|use|always use) (npm|pnpm|yarn|bun|pip|poetry|uv)\b/i],
  [
    'operating_ctx',
    'environment.system',
    /\b(?:i|we) (?:work on|use|run|am on|are on) (linux|ubuntu|debian|macos|a mac|windows)\b/i,
  ],
  [
    'operating_ctx',
    'environment.editor',
    /\b(?:i|we) (?:use|work in|write in) (vs ?code|vim|neovim|emacs|intellij|zed|cursor)\b/i,
  ],
  [
    'operating_ctx',
    'environment.cloud',
    /\b(?:deploy|run|host|are) (?:it |everything )?(?:to|on|in) (google cloud|gcp|aws|azure|fly\.io|vercel|hetzner)\b/i,
  ],
  ['operating_ctx', 'time_zone', /\bmy time ?zone is ([A-Za-z_/+0-9-]{2,40})/i],
  ['soft_identity', 'place', /\bi (?:live|am based|work from) (?:in |from )?([\p{L}][\p{L} -]{1,40}?)(?=[.,!;]|$)/iu],
  ['soft_identity', 'work', /\bi(?:'m| am) an? ([\p{L}][\p{L} -]{1,40}?)(?: (?:at|in|for)\b|[.,!;]|$)/iu],
  ['soft_identity', 'food', /\bi(?:'m| am) (vegetarian|vegan|gluten-free|lactose intolerant)\b/i],
  ['soft_identity', 'interests', /\bi (?:enjoy|am into|collect) ([\p{L}][\p{L} -]{1,40}?)(?=[.,!;]|$)/iu],
];

const WISH = /\b(?:i|we) (?:really |always |strongly )?(?:prefer|want|like|love|hate|avoid|dislike) ([^.!;]{3,120})/i;

function fieldsOf(sentence: string): ExtractedPreference[] {
  const strength = strengthOf(sentence);
  const known = KNOWN.flatMap(([hub, field, pattern, value]): ExtractedPreference[] => {
    const match = pattern.exec(sentence);
    return match === null ? [] : [{ hub, field, value: value ?? (match[1] ?? '').toLowerCase().trim(), strength }];
  });
  if (known.length > 0) return known;
  const wish = WISH.exec(sentence);
  if (wish === null) return [];
  return [{ hub: 'preferences', field: `extras.${slugOf(wish[1] ?? '')}`, value: wish[0].trim(), strength }];
}

/** Returns how strongly a sentence is worded: "always" is strong, "maybe" is weak. */
function strengthOf(sentence: string): Strength {
  if (/\b(always|never|must|strongly|only)\b/i.test(sentence)) return 'strong';
  return /\b(maybe|perhaps|usually|sometimes|a bit|rather)\b/i.test(sentence) ? 'weak' : 'medium';
}

function slugOf(words: string): string {
  const slug = words.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '_');
  return cutText(slug, 40).replace(/^_|_$/g, '') || 'wish';
}
