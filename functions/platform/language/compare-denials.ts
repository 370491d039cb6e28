import { continues, type Denial, isPastForm, isSameWord, type Statement, type Word } from './read-statement.ts';

const UNTOLD = /^(an?|any|some|the)$/;
const content = (words: readonly Word[]) => words.filter(({ plain }) => !UNTOLD.test(plain));
/** A denial of fewer words may be about something else than a sentence that begins like it. */
const FEWEST_DENIED = 3;

/** Returns whether one statement denies what the other says. */
export function contradictsDenial(fresh: Statement, known: Statement): boolean {
  const [denied, said] = fresh.denial === undefined ? [known, fresh] : [fresh, known];
  const other = content(said.words).filter(({ plain }) => denied.denial !== 'never' || plain !== 'always');
  const one = content(denied.words).filter(
    ({ plain }) => plain !== 'can' || said.words.some((word) => word.plain === 'can'),
  );
  const isOver = denied.denial === 'no longer' || denied.denial === 'stopped';
  // "no longer works at Acme" also ends "works at Acme in Berlin", if it is the newer.
  const isLonger = isOver && denied === fresh && one.length >= FEWEST_DENIED && continues(other, one.length);
  if (one.length === 0 || (one.length !== other.length && !isLonger)) return false;
  return one.every(({ plain }, at) => {
    const word = other[at]?.plain ?? '';
    if (denied.denial === 'not' && isLiking(plain) && isLiking(word)) return true;
    return isSameWord(plain, word) && isSameTime(denied, plain, word);
  });
}

/** Whether a denied and an affirmed verb speak of the same time. "worked" does not contradict "no longer works". */
function isSameTime({ denial, isPast }: Statement, denied: string, said: string): boolean {
  if (denied === said) return !isPast || isPastForm(said);
  return denial === 'never' || (isPast || isPastForm(denied)) === isPastForm(said);
}

const isLiking = (word: string) => /^(likes?|enjoys?|loves?|adores?)$/.test(word);
const isDisliking = (word: string) => /^(hates?|dislikes?|detests?|loathes?)$/.test(word);

const OPPOSITES: readonly (readonly [string, string])[] = [
  ['enabled', 'disabled'],
  ['active', 'inactive'],
  ['public', 'private'],
  ['allowed', 'forbidden'],
  ['required', 'optional'],
  ['mandatory', 'optional'],
  ['married', 'divorced'],
  ['married', 'single'],
  ['single', 'divorced'],
  ['open', 'closed'],
  ['on', 'off'],
  ['online', 'offline'],
  ['valid', 'invalid'],
  ['alive', 'dead'],
  ['possible', 'impossible'],
  ['available', 'unavailable'],
  ['employed', 'unemployed'],
];

/** Returns whether two statements differ in one word and its opposite: likes and hates, open and closed. */
export function isOpposite(fresh: readonly Word[], known: readonly Word[]): boolean {
  if (fresh.length !== known.length) return false;
  const differing = fresh.flatMap(({ plain }, at) =>
    plain === known[at]?.plain ? [] : [[plain, known[at]?.plain ?? '']],
  );
  const [[one = '', other = ''] = [], ...more] = differing;
  if (more.length > 0) return false;
  if ((isLiking(one) && isDisliking(other)) || (isDisliking(one) && isLiking(other))) return true;
  // "is", because only a state excludes its opposite.
  const isState = fresh.some(({ plain }) => plain === 'is');
  return isState && OPPOSITES.some((pair) => pair.includes(one) && pair.includes(other));
}

const DENIALS_ALIKE: readonly Denial[] = ['not', 'never', 'no longer', 'stopped'];

/** Returns whether two statements deny the same. */
export function isSameDenial(fresh: Statement, known: Statement): boolean {
  const [one, other] = [content(fresh.words), content(known.words)];
  const isAlike =
    fresh.denial === known.denial ||
    [fresh.denial, known.denial].every((denial) => DENIALS_ALIKE.includes(denial ?? 'used to'));
  return (
    isAlike &&
    fresh.isPast === known.isPast &&
    one.length === other.length &&
    one.every(({ plain }, at) => {
      const word = other[at]?.plain ?? '';
      return isSameWord(plain, word) && isPastForm(plain) === isPastForm(word);
    })
  );
}

/** "switched from Jest to Vitest", "replaced Jest with Vitest", "uses Vitest instead of Jest", "left Acme". */
const REPLACING: readonly RegExp[] = [
  /^(?<subject>.{1,60}?) (?:has |have )?(?:switched|migrated|moved|changed)(?: .{1,30}?)? from (?<gone>.{1,60}?) to .+$/,
  /^(?<subject>.{1,60}?) (?:has |have )?(?:replaced|swapped) (?<gone>.{1,60}?) (?:with|by|for) .+$/,
  /^(?<subject>.{1,60}?) (?:uses?|is using) .{1,60}? (?:instead of|rather than) (?<gone>.{1,60})$/,
  /^(?<subject>.{1,60}?) (?:has |have )?(?:left|quit|dropped|ditched|abandoned|removed|cancelled|canceled) (?<gone>.{1,60})$/,
];
const USING =
  /^(?<subject>.{1,60}?) (?:uses?|is using|lives? in|is based in|works? (?:at|for)|is subscribed to) (?<thing>.{1,60})$/;

/** Returns whether the new statement says that something came in the place of what the known one says is used. */
export function isReplaced(fresh: readonly Word[], known: readonly Word[]): boolean {
  const textOf = (words: readonly Word[]) => words.map(({ plain }) => plain).join(' ');
  const used = USING.exec(textOf(known))?.groups;
  if (used === undefined) return false;
  return REPLACING.some((pattern) => {
    const replaced = pattern.exec(textOf(fresh))?.groups;
    const gone = replaced?.gone?.replace(/ (?:(?:last|this) \w+|yesterday|in (?:19|20)\d\d|in \w+ (?:19|20)\d\d)$/, '');
    return replaced?.subject === used.subject && gone === used.thing;
  });
}
