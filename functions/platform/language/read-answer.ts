import { isProduct } from './known-words.ts';
import type { Word } from './read-statement.ts';
import { readValue, type Value } from './value-kind.ts';

/** A statement as the answer to a question that has one answer at a time: a home, a deadline, a port. */
export interface Answer {
  question: string;
  value: Value;
}

const answers = new WeakMap<readonly Word[], Answer | undefined>();

/** Returns the question that a statement answers, if the question has one answer at a time. */
export function answerOf(words: readonly Word[]): Answer | undefined {
  if (!answers.has(words)) answers.set(words, readAnswer(words));
  return answers.get(words);
}

function readAnswer(words: readonly Word[]): Answer | undefined {
  const text = words.map(({ plain }) => plain).join(' ');
  for (const { link, question, accepts } of LINKS) {
    const found = link.exec(text);
    const [all, subject] = found ?? [];
    if (all === undefined || subject === undefined || !isOneThing(subject)) continue;
    const value = readValue(words.slice(all.split(' ').length - 1));
    if (value === undefined || isPartial(value) || !accepts(value, subject)) continue;
    return { question: `${withoutArticle(subject)} ${question}`, value };
  }
  return undefined;
}

interface Link {
  /** Matches the subject and the words up to the value, with the blank before it. */
  link: RegExp;
  question: string;
  accepts(value: Value, subject: string): boolean;
}

const isName = ({ kind }: Value) => kind === 'name';
const isPlace = ({ kind, words }: Value) =>
  kind === 'address' || (kind === 'name' && !words.some(({ plain }) => isProduct(plain) || DEPARTMENT.test(plain)));
/** "I moved to Marketing" tells of no home. */
const DEPARTMENT =
  /^(sales|marketing|finance|engineering|legal|support|hr|it|accounting|operations|research|design|team|department|school)$/;
const PERFECT = '(?:has |have )?';

const LINKS: readonly Link[] = [
  {
    link: new RegExp(
      `^(.{1,80}?) ${PERFECT}(?:moved to|relocated to|lives? (?:in|at)|is living in|resides? in|is based in) `,
    ),
    question: 'lives in',
    accepts: isPlace,
  },
  {
    link: new RegExp(`^(.{1,80}?) ${PERFECT}(?:is )?(?:works? (?:at|for)|working (?:at|for)|employed (?:by|at)) `),
    question: 'works for',
    accepts: isName,
  },
  {
    link: new RegExp(`^(.{1,80}?) ${PERFECT}joined `),
    question: 'works for',
    accepts: (value) => isName(value) && !isCommunity(value),
  },
  { link: /^(.{1,80}?) (?:has |have )?moved from .{1,60}? to /, question: 'lives in', accepts: isPlace },
  {
    link: /^(.{1,80}?) is (?:stored|kept|hosted|located|deployed) (?:in|on|at|to) /,
    question: 'is kept in',
    accepts: ({ kind }) => /^(name|host|path|url)$/.test(kind),
  },
  {
    link: /^(.{1,80}?) (?:works? in|is working in) /,
    question: 'works in',
    accepts: isPlace,
  },
  { link: /^(.{1,80}?) (?:study|studies|is studying) at /, question: 'studies at', accepts: isName },
  { link: /^(.{1,80}?) is (?:married|engaged) to /, question: 'is the partner of', accepts: isName },
  { link: /^(.{1,80}?) reports? to /, question: 'reports to', accepts: isName },
  {
    link: /^(.{1,80}?) is (?:led|managed|run|owned|headed|maintained|chaired) by /,
    question: 'is led by',
    accepts: isName,
  },
  {
    link: /^(.{1,120}?) (?:(?:has|have) (?:been |changed |moved )?(?:(?:moved|changed|pushed|postponed|shifted|rescheduled|set|updated|raised|lowered|increased|reduced|cut|extended)(?: back| forward)? )?to|was (?:moved|changed|pushed|postponed|shifted|rescheduled|set|updated|raised|lowered|increased|reduced|extended) to|changed to|moved to|became|got (?:moved|changed|pushed|postponed) to|is (?:moved |changed |set )?to) /,
    question: 'is',
    accepts: hasOneValue,
  },
  {
    link: /^(.{1,120}?) is (?:called|named) /,
    question: 'is',
    accepts: (value, subject) => isPlainAnswer(value) && isNamedOnce(subject),
  },
  { link: /^(.{1,120}?) is /, question: 'is', accepts: hasOneValue },
];

/** Words in a subject after which the sentence says something else, or speaks of what may be. */
const CLAUSE =
  /\b(if|when|whether|that|because|although|would|could|might|may|should|must|will|can|want|wants|wish|hope|hopes|plan|plans|planned|dream|think|thinks|believe|says|said|to|is|was|not|except|before|after)\b/;
/** Subjects that stand for another thing in each sentence, or for one of several. */
const UNCERTAIN =
  /^(an?|one|another|some|any|every|each|there|here|this|that|these|those|it|he|she|they|what|which|who|where|how|why|everything|nothing|something|all|most|many|few|it's|in|on|at|during|sometimes)\b/;

function isOneThing(subject: string): boolean {
  return !UNCERTAIN.test(subject) && !CLAUSE.test(subject) && subject.split(' ').length <= 12;
}

const withoutArticle = (subject: string) => subject.replace(/^the /, '').replaceAll(/\b(new|current|present) /g, '');

/** "I live in Rome in winter", "the deadline is Friday or Monday" answer the question for a part only. */
function isPartial({ tail }: Value): boolean {
  const words = tail.map(({ plain }) => plain);
  return (
    words.some((word) =>
      /^(and|or|if|when|while|during|every|unless|except|part-time|sometimes|usually)$/.test(word),
    ) ||
    /\b(on|at|in|during) (the )?(mornings?|evenings?|nights?|weekends?|weekdays?|summers?|winters?|spring|autumn|(mon|tues|wednes|thurs|fri|satur|sun)days?)\b/.test(
      words.join(' '),
    )
  );
}

/**
 * Nouns of which somebody or something has one at a time, so that another name for them is a change. Only names answer
 * for the first: "my boss is Anna", not "my boss is tired".
 */
const NAMED_ONCE = new Set(
  'owner manager lead leader boss supervisor chief ceo cto cfo coo director president chair head accountant lawyer doctor dentist therapist landlord mentor wife husband spouse partner girlfriend boyfriend fiance fiancée mother father hometown birthplace city country capital employer company school university supplier vendor bank insurer carrier airline venue location destination winner champion captain coach maintainer successor winner nationality citizenship religion'.split(
    ' ',
  ),
);
const TITLED_ONCE = new Set(
  'name surname nickname username login handle email e-mail address color colour timezone zone host hostname branch registry framework database language editor password passphrase tool tracker codename provider shell browser os system engine license licence plan tariff font theme status state'.split(
    ' ',
  ),
);
const WORK = new Set('title role job position profession occupation'.split(' '));
const WORKER =
  /(?:er|or|ist|ian|man|woman|accountant|assistant|consultant|attendant|nurse|chef|cook|analyst|lead|head|ceo|cto|cfo|coo|intern|student|pilot|clerk|architect|vet|coach|agent|scientist|attorney|barista|secretary|mechanic)$/;

/** A bus leaves and a class takes place more than once a day. */
const REPEATED = /\b(bus|train|tram|ferry|shuttle|metro|boat|shift|class|lesson|break|pill|dose|feeding)$/;

function nounOf(subject: string): string {
  const thing = subject.split(/ (?:of|for|in|at|on) /)[0] ?? subject;
  return thing.split(' ').at(-1) ?? '';
}

/** "The deadline of the launch is …" has one answer; "the API is …" has many. */
function hasOneValue(value: Value, subject: string): boolean {
  if (value.isExact) return !REPEATED.test(nounOf(subject)) || !/^(date|time)$/.test(value.kind);
  if (value.kind === 'in name') return true;
  if (!isPlainAnswer(value)) return false;
  if (/\b(favou?rite|preferred|default|primary|main)\b/.test(subject)) return true;
  const noun = nounOf(subject);
  if (NAMED_ONCE.has(noun)) return /^(name|people)$/.test(value.kind);
  if (WORK.has(noun)) return WORKER.test(value.words.at(-1)?.plain ?? '');
  return TITLED_ONCE.has(noun) && value.kind !== 'activity';
}

const isPlainAnswer = ({ kind }: Value) => /^(a )?(name|word|activity|people)$/.test(kind);

/** "My sister is called …" may speak of another sister. */
function isNamedOnce(subject: string): boolean {
  return !/\b(brother|sister|son|daughter|child|kid|cousin|aunt|uncle|niece|nephew|friend|colleague|neighbou?r|dog|cat|pet|horse|bird|fish|student|teacher)$/.test(
    subject,
  );
}

const COMMUNITY =
  /^(club|team|union|party|association|society|gym|church|choir|band|orchestra|league|army|navy|council|committee|board|group|forum|course|class|meeting|call|facebook|instagram|linkedin|twitter|x|discord|slack|reddit|tiktok|tinder|mastodon|telegram|whatsapp|strava|duolingo|netflix|zoom|teams|github)$/;
const isCommunity = ({ words }: Value) => words.some(({ plain }) => COMMUNITY.test(plain));

/**
 * Adds words with which the same question may have been answered before, so that a word search finds it: "moved to"
 * finds "lives in".
 */
export function otherWordsFor(words: readonly Word[]): string {
  const question = answerOf(words)?.question ?? '';
  return OTHER_WORDS.find(([ending]) => question.endsWith(ending))?.[1] ?? '';
}

const OTHER_WORDS: readonly (readonly [string, string])[] = [
  [' lives in', 'live living moved relocated based resides'],
  [' works for', 'works working joined employed'],
  [' is kept in', 'stored kept hosted located deployed'],
];
