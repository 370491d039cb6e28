/** How a sentence speaks of a value: it wants it, it denies it, or it says nothing about its author's wishes. */
export type Stance = 'wanted' | 'denied' | 'unsaid';

interface Place {
  sentence: string;
  /** Where the words of the wish begin and end in the sentence. */
  start: number;
  end: number;
}

/** Words that deny what follows them in the same clause. */
const DENYING =
  /\b(?:don['’]?t|do not|doesn['’]?t|does not|didn['’]?t|did not|never|no longer|not|stop|stopped|stopping|quit|avoid|avoiding|without|instead of|rather than|can['’]?t|cannot|can not|won['’]?t|wouldn['’]?t|shouldn['’]?t|mustn['’]?t|isn['’]?t|aren['’]?t|hate|dislike|refuse|hardly|rarely|no)\b/i;
/** They begin with a word that denies, and deny nothing. */
const DENIES_NOTHING =
  /\b(?:not only|not just|(?:don['’]?t|do not|never) (?:forget|hesitate|mind)(?: to)?|why (?:not|don['’]?t (?:we|you))|no matter|can['’]?t wait to)\b/gi;
const DENYING_BEHIND = /^[^.;!?]{0,60}\b(?:anymore|any more|any longer|no more|no longer|not at all)\b/i;
const DENYING_VERB = /^(?:avoid|avoiding|hate|dislike)\b/i;
/** Speaks of what may be, was, or shall be explained. */
const SUPPOSED =
  /\b(?:if|unless|when|whenever|whether|in case|would|could|might|may|used to|how to|how do|why|what|which|who|where|whoever|somebody|someone|people|users?|customers?|clients?|they|he|she|others|everybody|everyone)\b/i;
const POLITE =
  /\b(?:i|we) would (?:rather|like|love|prefer)\b|\b(?:i|we)['’]d (?:rather|like|love|prefer)\b|\bcould you\b/gi;

/** Returns the clause in front of a place: from the last comma, colon, dash, bracket, "but" or "so" on. */
function clauseBefore({ sentence, start }: Place): string {
  const before = sentence.slice(Math.max(0, start - LONGEST_CLAUSE), start);
  const clause = before.split(/[,;:()–—]|\b(?:but|so|then)\b/i).at(-1) ?? '';
  // "don't use React and use Vue": the second verb is a new wish. "instead of npm use yarn": the phrase is complete.
  if (/\band $/i.test(clause)) return '';
  return clause.replaceAll(DENIES_NOTHING, ' ').replace(/\b(?:instead of|rather than) (?!us(?:e|ing)\b)\S+ /i, ' ');
}

const LONGEST_CLAUSE = 160;

/** Reads whether the author of a sentence wants or denies what stands at a place. */
export function stanceOf(place: Place): Stance {
  const { sentence, start, end } = place;
  const clause = clauseBefore(place).replaceAll(POLITE, ' ');
  if (SUPPOSED.test(clause)) return 'unsaid';
  const isDenied =
    DENYING.test(clause) ||
    DENYING_VERB.test(sentence.slice(start, end)) ||
    DENYING_BEHIND.test(sentence.slice(end).split(/[,;:()–—]|\bbut\b/i)[0] ?? '');
  return isDenied ? 'denied' : 'wanted';
}

const ADVERBS =
  /(?:^|\s)(?:please|always|just|only|also|really|strongly|mostly|mainly|usually|generally|normally|now|currently|still|actually|never|not|don['’]?t|do not|do|no longer|rather|must|should|will|have to|need to|want to|like to|love to|prefer to|not to|prefer|decided to|agreed to|try to|would like to|would rather|would|avoid|stop|stopped|instead of|rather than|no|quit|hate|dislike|even|probably|definitely|personally)\s*$/i;
const AUTHOR = /(?:^|\s)(?:i|we|i['’]d|we['’]d|i['’]ll|we['’]ll|let['’]s|you)\s*$/i;

/** Returns whether the verb at a place has the author as its subject, or none: "we use", "use", "never use". */
export function isOwnChoice(place: Place): boolean {
  let rest = clauseBefore(place).trimEnd();
  for (let shorter = rest.replace(ADVERBS, ''); shorter !== rest; shorter = rest.replace(ADVERBS, '')) rest = shorter;
  const words = rest.trim();
  return (
    words === '' ||
    AUTHOR.test(words) ||
    /^(?:and|or|also|then|in general|for this|generally|hi|hello|hey)$/i.test(words)
  );
}

/** Tools whose name has an ordinary meaning. */
const ORDINARY =
  /^(?:go|rust|swift|ruby|express|rails|flask|react|bun|yarn|poetry|uv|cursor|zed|windows|python|java|angular|svelte|django|vim|pip)$/i;
/** Names that mean a tool wherever no other thing follows: "I like Python because …". */
const MOSTLY_TECHNICAL = /^(?:python|java|react|angular|svelte|django|vim|pip)$/i;
const INDENTATION = /^(?:two |four )?(?:tabs|spaces)$/i;
const INDENTATION_GOES_ON =
  /^\s+(?:over|instead|rather|than|and|or|not|everywhere|please|for indent\w*|in (?:all |our |my |every )?(?:code|files?|projects?|go|python|typescript|javascript|java|rust|html|css|sql|yaml|json))\b/i;
/** Nobody says "we use yarn" of wool. */
const PACKAGE_MANAGER = /^(?:yarn|bun|uv)$/i;
const COMPARED = /^(?:instead|rather|over|not|anymore|everywhere)$/i;
const TECHNICAL =
  /\b(?:app|apps|api|apis|rest|server|servers|backend|back-end|frontend|front-end|code|coding|codebase|program|programming|script|scripts|software|library|libraries|framework|frameworks|package|packages|dependency|dependencies|module|modules|component|components|hook|hooks|router|routes|endpoint|endpoints|middleware|database|sql|query|test|tests|testing|cli|tool|tools|tooling|compiler|compile|types|typed|language|languages|project|projects|repo|repository|repositories|git|github|docker|kubernetes|deploy|deployment|service|services|microservice|microservices|web|website|websites|html|css|http|json|node|nodejs|typescript|javascript|php|kotlin|vue|svelte|angular|django|fastify|postgres|postgresql|mysql|sqlite|mongodb|npm|pnpm|pip|linux|ubuntu|debian|macos|laptop|machine|computer|desktop|editor|ide|terminal|shell|indentation|indent|formatting|linter|version)\b/i;
const GOES_ON =
  /^(?:for|in|on|with|and|or|as|to|because|when|over|instead|rather|at|but|since|by|not|anymore|any|everywhere|here|please|too|also|now|only|again|all|most|than|more|it|is|if|unless|wherever|always|exclusively)$/i;

/**
 * Returns whether a tool is meant, and not an ordinary thing of that name: not "express shipping", "go home", "a swift
 * answer". A name with an ordinary meaning needs a technical word in its sentence; at the end of a sentence a capital
 * letter or a technical word anywhere in the text is enough.
 */
export function isTool({ sentence, start, end }: Place, value: string, text: string): boolean {
  const behind = sentence.slice(end);
  const isEnd = /^\s*(?:[.!,;:)"'”]|$)/.test(behind);
  if (INDENTATION.test(value)) return isEnd || INDENTATION_GOES_ON.test(behind);
  const next = isEnd ? undefined : /^\s+([\p{L}\p{N}-]+)/u.exec(behind)?.[1];
  if (next !== undefined && !GOES_ON.test(next) && !TECHNICAL.test(next)) return !ORDINARY.test(value);
  if (MOSTLY_TECHNICAL.test(value) || !ORDINARY.test(value)) return true;
  const isUsed = /^(?:always )?us(?:e|ing)\b/i.test(sentence.slice(start, end));
  if (isUsed && PACKAGE_MANAGER.test(value) && (isEnd || COMPARED.test(next ?? ''))) return true;
  const others = `${sentence.slice(0, end - value.length)} ${behind}`;
  if (TECHNICAL.test(others)) return true;
  if (!isEnd) return false;
  const isCapital = /^\p{Lu}/u.test(sentence.slice(end - value.length, end)) && end > value.length;
  return isCapital || TECHNICAL.test(text.replace(sentence, ' '));
}
