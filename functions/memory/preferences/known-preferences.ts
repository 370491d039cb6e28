import type { Hub } from './preference.ts';

/** A wish that is known by its words. */
export interface KnownPreference {
  hub: Hub;
  field: string;
  pattern: RegExp;
  /** Left out: the text of the pattern's group. */
  value?: string;
  /**
   * `request`: what the user asks for, in whatever form. `choice`: a tool or a style that the author uses or likes; it
   * needs the author as its subject, or nobody ("use pnpm"). `fact`: what the author says of themselves.
   */
  kind: 'request' | 'choice' | 'fact';
}

const VERBS = '(?:prefer|like|love|use|using|always use|write it in|avoid|avoiding|hate|dislike)';
/** A word after the verb that does not change what is chosen. */
const EXTRA = '(?:the |only |just |always |plain )?';

const choice = (field: string, values: string): KnownPreference => ({
  hub: 'preferences',
  field,
  pattern: new RegExp(`\\b${VERBS} ${EXTRA}(${values})(?![\\p{L}\\p{N}_]|[.-][\\p{L}\\p{N}])`, 'giu'),
  kind: 'choice',
});
const request = (field: string, pattern: RegExp, value?: string): KnownPreference => ({
  hub: 'preferences',
  field,
  pattern,
  kind: 'request',
  ...(value === undefined ? {} : { value }),
});

export const KNOWN: readonly KnownPreference[] = [
  request(
    'output.verbosity',
    /\b(keep it short|be (brief|concise)|short answers|concise answers|briefly)\b/gi,
    'brief',
  ),
  request(
    'output.verbosity',
    /\b(in detail|detailed answers|be thorough|long answers|explain everything)\b/gi,
    'detailed',
  ),
  request('output.emoji', /\b(no|without|avoid|never use|don't use|do not use|stop using) emojis?\b/gi, 'none'),
  request('output.format', /\b(bullet points|bullets|as a list)\b/gi, 'bullets'),
  request(
    'output.format',
    /\b(as prose|full sentences|(?:no|without|avoid|never use|don't use|do not use|stop using) (?:bullet points|bullets))\b/gi,
    'prose',
  ),
  request(
    'output.language',
    /\b(?:answer|write|reply|respond|answering|writing|replying|responding) in (english|german|french|spanish|italian|dutch|swedish|polish|portuguese|japanese|chinese)\b/gi,
  ),
  request('output.tone', /\b(?:be|sound|stay) (formal|casual|friendly|neutral|polite)\b/gi),
  request('questions', /\b(ask (me )?before|ask first|always ask)\b/gi, 'ask first'),
  request(
    'questions',
    /\b((?:don't|do not|never) (?:always )?ask (?:me|back|first|again|questions|before|for (?:permission|confirmation|approval))|(?:don't|do not) ask(?=[.!,;]|$)|just decide|without asking)\b/gi,
    'decide alone',
  ),
  choice('coding.language', 'typescript|javascript|python|golang|go|rust|java|kotlin|ruby|php|c#|swift'),
  choice('coding.database', 'postgres(?:ql)?|mysql|sqlite|mongodb|redis|mariadb'),
  choice('coding.framework', 'react|vue|svelte|angular|next\\.js|django|flask|rails|express|fastify'),
  choice('coding.indentation', 'tabs|spaces|two spaces|four spaces'),
  choice('tooling.packages', 'npm|pnpm|yarn|bun|pip|poetry|uv'),
  {
    hub: 'operating_ctx',
    field: 'environment.system',
    pattern: /\b(?:work on|use|run|am on|are on|i'm on|we're on) (linux|ubuntu|debian|macos|a mac|windows)\b/gi,
    kind: 'choice',
  },
  {
    hub: 'operating_ctx',
    field: 'environment.editor',
    pattern: /\b(?:use|work in|write in) (vs ?code|vim|neovim|emacs|intellij|zed|cursor)\b/gi,
    kind: 'choice',
  },
  {
    hub: 'operating_ctx',
    field: 'environment.cloud',
    pattern:
      /\b(?:deploy|run|host|are) (?:it |everything )?(?:to|on|in) (google cloud|gcp|aws|azure|fly\.io|vercel|hetzner)\b/gi,
    kind: 'choice',
  },
  {
    hub: 'operating_ctx',
    field: 'time_zone',
    pattern:
      /\b[Mm]y [Tt]ime ?[Zz]one is (?:now )?([A-Za-z]+\/[A-Za-z_/-]{2,40}|(?:UTC|GMT)[+-]?\d{0,2}|[A-Z]{2,5})\b/g,
    kind: 'fact',
  },
  {
    hub: 'soft_identity',
    field: 'food',
    pattern: /\bi(?:'m| am) (?:an? )?(vegetarian|vegan|gluten-free|lactose intolerant)\b/gi,
    kind: 'fact',
  },
  {
    hub: 'soft_identity',
    field: 'work',
    pattern:
      /\bi(?:'m| am) an? (?!bit\b|little\b|lot\b|fan\b|big\b|huge\b|vegetarian\b|vegan\b|person\b|man\b|woman\b|father\b|mother\b|dad\b|mum\b|mom\b|member\b|user\b|customer\b|guest\b|beginner\b|newbie\b|native\b|citizen\b|friend\b|smoker\b|lover\b|morning\b|night\b|heavy\b|happy\b)([\p{L}][\p{L} -]{1,40}?)(?: (?:at|in|for)\b|[.,!;]|$)/giu,
    kind: 'fact',
  },
  {
    hub: 'soft_identity',
    field: 'interests',
    pattern: /\bi (?:enjoy|am into|collect) (?!it\b|this\b|that\b|them\b)([\p{L}][\p{L} -]{1,40}?)(?=[.,!;]|$)/giu,
    kind: 'fact',
  },
];
