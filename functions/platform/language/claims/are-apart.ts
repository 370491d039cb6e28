import { isOnce, type Match, matchWords } from './compare-claims.ts';
import type { Claim } from './read-claim.ts';

/** Two claims with the places of their words that have no match in the other one. */
interface Compared {
  one: Claim;
  other: Claim;
  matches: readonly Match[];
  left: readonly number[];
  right: readonly number[];
}

/** Claims with fewer words in common say the same only when one of them has no other word. */
const FEW_SHARED = 3;

/**
 * Returns whether two claims that agree still say different things: of somebody or something else, with other roles, or
 * with another limit. The rules see English; of other languages they reject more.
 */
export function areApart(one: Claim, other: Claim): boolean {
  const matches = matchWords(one.words, other.words);
  const [inOne, inOther] = [new Set(matches.map((match) => match.one)), new Set(matches.map((match) => match.other))];
  const left = [...one.words.keys()].filter((at) => !inOne.has(at));
  const right = [...other.words.keys()].filter((at) => !inOther.has(at));
  const compared = { one, other, matches, left, right };
  return (
    one.range !== other.range ||
    Math.min(left.length, right.length) > (matches.length < FEW_SHARED ? 0 : 1) ||
    left.some((at) => isName(one, at)) ||
    right.some((at) => isName(other, at)) ||
    [isReplaced, isExchanged, haveOtherPlace, isOtherPerson, haveOtherSmallWords, haveOtherVerb].some((rule) =>
      rule(compared),
    )
  );
}

/** Returns whether a word is a number, or has a capital letter inside the sentence. */
function isName({ words }: Claim, at: number): boolean {
  const { text = '', place = 0 } = words[at] ?? {};
  return /\d/.test(text) || (place > 0 && /^\p{Lu}/u.test(text));
}

/** "The gateway retries failed requests", "the gateway logs failed requests": both have another word between two. */
function isReplaced({ matches, left, right }: Compared): boolean {
  return matches.slice(1).some((match, index) => {
    const last = matches[index];
    if (last === undefined || match.other - last.other < 2) return false;
    const inOne = left.filter((at) => at > last.one && at < match.one).length;
    const inOther = right.filter((at) => at > last.other && at < match.other).length;
    return inOne > 0 && inOther === match.other - last.other - 1;
  });
}

const PASSIVE = /^(?:is|was|be|been|being|by|gets?|got)$/;

/** "Alice manages Bob", "Bob manages Alice": the words before and after a word have changed sides. */
function isExchanged({ one, other, matches, left, right }: Compared): boolean {
  const isPassive = [...one.fillers, ...other.fillers].some((word) => PASSIVE.test(word));
  if (isPassive || left.length + right.length > 0) return false;
  const bare = matches.filter(
    (match) =>
      isOnce(one, match.one) && isOnce(other, match.other) && isBare(one, match.one) && isBare(other, match.other),
  );
  return bare.some((pivot) => {
    const [before, after] = [
      bare.filter(({ one: at }) => at < pivot.one),
      bare.filter(({ one: at }) => at > pivot.one),
    ];
    const haveMoved =
      before.every(({ other: at }) => at > pivot.other) && after.every(({ other: at }) => at < pivot.other);
    return before.length > 0 && after.length > 0 && haveMoved;
  });
}

/** Returns whether no preposition stands before a word, or before the words directly before it: "3 pm" of "at 3 pm". */
function isBare(claim: Claim, at: number): boolean {
  const [word, before] = [claim.words[at], claim.words[at - 1]];
  if (word?.lead !== undefined) return false;
  return before === undefined || before.place + 1 !== word?.place || isBare(claim, at - 1);
}

/** Prepositions that tell different things of the same word: "by Dana" and "to Dana". */
const TELLING = new Set('by to from before after within until since over under above below with for'.split(' '));

/**
 * "by Dana", "to Dana": another preposition before the same word. "to staging", "to production" and "reports to Maria",
 * "reports to Dana": the same preposition before another word.
 */
function haveOtherPlace({ one, other, matches, left, right }: Compared): boolean {
  const leadIn = ({ words }: Claim, at: number | undefined) => words[at ?? -1]?.lead ?? '';
  const hasOtherLead = matches.some((match) => {
    const [first, second] = [leadIn(one, match.one), leadIn(other, match.other)];
    return first !== second && TELLING.has(first) && TELLING.has(second);
  });
  if (hasOtherLead) return true;
  return one.words.some(({ lead }, at) => {
    const [own, others] = [one, other].map(({ words }) =>
      words.flatMap((word, index) => (word.lead === lead ? [index] : [])),
    );
    const [place = -1] = others ?? [];
    if (lead === undefined || own?.length !== 1 || others?.length !== 1) return false;
    const isMatch = matches.some((match) => match.one === at && match.other === place);
    return !isMatch && left.includes(at) === right.includes(place);
  });
}

const PERSON = /^(?:i|he|she|you|my|his|her|your)$/;

/** "I live in Berlin", "Maya lives in Berlin". "The user" may be the person who speaks. */
function isOtherPerson({ one, other, left, right }: Compared): boolean {
  const isNamed = ({ words }: Claim, [first]: readonly number[]) => first === 0 && words[0]?.stem !== 'user';
  const speaksOfPerson = ({ fillers }: Claim) => PERSON.test([...fillers][0] ?? '');
  return (speaksOfPerson(one) || speaksOfPerson(other)) && (isNamed(one, left) || isNamed(other, right));
}

const SMALL_VERBS = /^(?:use[sd]?|using|wants?)$/;

/** "The user uses Vim", "the user dislikes Vim": the first verb is compared as a filler. */
function haveOtherVerb({ one, other, left, right }: Compared): boolean {
  const hasOwn = (claim: Claim, rival: Claim) =>
    [...claim.fillers].some((word) => SMALL_VERBS.test(word) && !rival.fillers.has(word));
  return (left.length > 0 && hasOwn(other, one)) || (right.length > 0 && hasOwn(one, other));
}

/** Small words that exclude each other. */
const CONTRASTS: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:may|can|might|could)$/, /^(?:must|shall|should|ought)$/],
  [/^(?:is|has|have)$/, /^(?:was|had)$/],
  [/^(?:i|we|us|our|my)$/, /^(?:they|them|their|he|she|his|her|you|your)$/],
  [/^least$/, /^(?:most|up)$/],
  [/^(?:some|most)$/, /^(?:all|every|each|any)$/],
];

/** "some users", "all users": one claim has only words of one side, the other claim only of the other side. */
function haveOtherSmallWords({ one, other }: Compared): boolean {
  const has = ({ fillers }: Claim, words: RegExp) => [...fillers].some((word) => words.test(word));
  return CONTRASTS.some(([first, second]) => {
    const [inOne, inOther] = [one, other].map((claim) => Number(has(claim, first)) - Number(has(claim, second)));
    return inOne !== 0 && inOther !== 0 && inOne !== inOther;
  });
}
