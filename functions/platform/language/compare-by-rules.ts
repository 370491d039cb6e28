/** How a new fact relates to a known fact of the same scope. */
type Relation = 'repeat' | 'refine' | 'contradict';

export interface Verdict {
  /** The id of the known fact. */
  id: string;
  relation: Relation;
  /** Stored with the result, for users who ask why. */
  reason: string;
}

/**
 * Compares two sentences without a model. It decides only when the words leave little doubt, because a wrong
 * contradiction would retire a true fact:
 *
 * - The same words in the same order are a repetition. A sentence that continues the other is a refinement.
 * - The same words except for a "not" are a contradiction.
 * - Two answers to a question that has one answer at a time (a home, a deadline, a port) are a contradiction.
 *
 * Returns undefined when the words show no relation.
 */
export function compareByRules(fresh: string, known: { id: string; text: string }): Verdict | undefined {
  const [one, other] = [wordsOf(fresh), wordsOf(known.text)];
  if (one.isNegated !== other.isNegated) {
    return isSame(one.words, other.words) ? verdict(known, 'contradict', 'One says what the other denies.') : undefined;
  }
  const byWords = compareWords(one.words, other.words);
  if (byWords !== undefined) return verdict(known, byWords, 'The same words.');
  const [answer, before] = [answerOf(one.words), answerOf(other.words)];
  if (answer === undefined || before === undefined || answer.question !== before.question) return undefined;
  const byAnswer = isSame(answer.value, before.value)
    ? 'repeat'
    : (extension(answer.value, before.value) ?? 'contradict');
  return verdict(known, byAnswer, `Both say "${answer.question}".`);
}

function verdict({ id }: { id: string }, relation: Relation, reason: string): Verdict {
  return { id, relation, reason };
}

/** With fewer words a common beginning may be a coincidence. */
const FEWEST_WORDS = 4;

function compareWords(fresh: readonly string[], known: readonly string[]): Relation | undefined {
  if (isSame(fresh, known)) return 'repeat';
  return Math.min(fresh.length, known.length) < FEWEST_WORDS ? undefined : extension(fresh, known);
}

/**
 * Returns `refine` when the new words continue the known words, and `repeat` when the known words continue the new
 * ones.
 */
function extension(fresh: readonly string[], known: readonly string[]): Relation | undefined {
  const begins = (long: readonly string[], short: readonly string[]) => short.every((word, at) => long[at] === word);
  if (fresh.length > known.length && begins(fresh, known)) return 'refine';
  return known.length > fresh.length && begins(known, fresh) ? 'repeat' : undefined;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, at) => word === other[at]);
}

const NEGATIONS = new Set(['not', 'never', 'no', 'longer', 'anymore', 'cannot']);
/** Negations that only accompany another: "no longer", "not … anymore". */
const ECHOES = new Set(['longer', 'anymore']);
/** Words about time and certainty, which do not change the statement. */
const PASSING = new Set([
  'now',
  'currently',
  'actually',
  'nowadays',
  'today',
  'still',
  'recently',
  'instead',
  'again',
  'please',
]);
const VERBS: Record<string, string> = {
  am: 'is',
  are: 'is',
  was: 'is',
  were: 'is',
  "i'm": 'i is',
  lives: 'live',
  works: 'work',
  uses: 'use',
  do: '',
  does: '',
};

function wordsOf(text: string): { words: string[]; isNegated: boolean } {
  const plain = text
    .slice(0, 1000)
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/n't\b/g, ' not')
    // The first day of a fact is stored in its dates.
    .replaceAll(/\b(since|as of|effective|starting) [\w ,-]{0,30}\d{4}(-\d\d-\d\d)?/g, ' ');
  const all = plain.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'./:@_-]*/gu) ?? [];
  const spoken = all
    .map((word) => word.replace(/['./:_-]+$/, ''))
    .flatMap((word) => (VERBS[word] ?? word).split(' '))
    .filter((word) => word !== '' && !PASSING.has(word));
  return {
    words: spoken.filter((word) => !NEGATIONS.has(word)),
    isNegated: spoken.filter((word) => NEGATIONS.has(word) && !ECHOES.has(word)).length % 2 === 1,
  };
}

interface Answer {
  question: string;
  value: string[];
}

/** Returns the question that a sentence answers, if the question has one answer at a time. */
function answerOf(words: readonly string[]): Answer | undefined {
  const text = words.join(' ');
  const [, thing, state] = /^(.{1,120}?) (?:has )?(?:is|changed to|became|moved to)(?: to)? (.+)$/.exec(text) ?? [];
  if (thing !== undefined && state !== undefined && hasOneAnswer(thing)) {
    return { question: `${thing.replace(/\b(new|current|present) /g, '')} is`, value: answerWords(state) };
  }
  for (const [pattern, question] of QUESTIONS) {
    const [, subject, value] = pattern.exec(text) ?? [];
    if (subject !== undefined && value !== undefined)
      return { question: `${subject} ${question}`, value: answerWords(value) };
  }
  return undefined;
}

/**
 * Adds words with which the same question may have been answered before, so that a word search finds it: "moved to"
 * finds "lives in".
 */
export function wordsToLookFor(text: string): string {
  const question = answerOf(wordsOf(text).words)?.question ?? '';
  const others = OTHER_WORDS.find(([ending]) => question.endsWith(ending))?.[1];
  return others === undefined ? text : `${others} ${text}`;
}

const OTHER_WORDS: readonly (readonly [string, string])[] = [
  [' lives in', 'live living moved relocated based resides'],
  [' works for', 'works working joined employed'],
  [' is kept in', 'stored kept hosted located deployed'],
];

const QUESTIONS: readonly (readonly [RegExp, string])[] = [
  [
    /^(.{1,80}?) (?:has |have |is )?(?:moved to|relocated to|live in|living in|reside in|resides in|based in) (.+)$/,
    'lives in',
  ],
  [
    /^(.{1,80}?) (?:has |is )?(?:work at|work for|working at|working for|joined|employed by|employed at) (.+)$/,
    'works for',
  ],
  [/^(.{1,80}?) is (?:stored|kept|hosted|located|deployed) (?:in|on|at|to) (.+)$/, 'is kept in'],
];

/** Removes reasons, times and articles, which are not part of the answer. */
function answerWords(text: string): string[] {
  return (text.split(/ (?:because|since|so that|until) /)[0] ?? text)
    .split(' ')
    .filter((word) => !/^(the|an?)$/.test(word));
}

const SINGLE = new Set(
  'name port colour color deadline address email phone birthday age owner manager lead budget price version title role job city country capital timezone url host hostname branch registry employer framework database language editor password'.split(
    ' ',
  ),
);

/** "The deadline of the launch is …" has one answer; "the API is …" has many. */
function hasOneAnswer(subject: string): boolean {
  if (/\b(favou?rite|preferred|default|primary)\b/.test(subject)) return true;
  const thing = subject.split(/ (?:of|for|in|at|on) /)[0] ?? subject;
  return SINGLE.has(thing.split(' ').at(-1) ?? '');
}
