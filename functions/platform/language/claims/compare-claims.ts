import { type Claim, type ContentWord, groupsOf } from './read-claim.ts';

/** What two claims have in common, and where they part. */
export interface ClaimComparison {
  /** The share of content words that both have, 0 to 1. */
  overlap: number;
  /** The words that both have, as the first claim writes them. */
  shared: readonly string[];
  /** Whether they say the same of different things: "the iOS app crashes", "the Android app crashes". */
  isOtherSubject: boolean;
  /** Why one claim denies the other; undefined when it does not. */
  denial: string | undefined;
}

export interface Match {
  one: number;
  other: number;
  /** -1 for opposites. */
  sign: number;
}

/** Compares two claims that are about the same. Whether they are is shown by `overlap` and by their vectors. */
export function compareClaims(one: Claim, other: Claim): ClaimComparison {
  const matches = matchWords(one.words, other.words);
  const conflict = rivalNumbers('unit', one, other, matches);
  const inverted = matches.filter(({ sign }) => sign < 0);
  const count = one.words.length + other.words.length;
  const denials = [
    countNegations(one, new Set(matches.map((match) => match.one))),
    countNegations(other, new Set(matches.map((match) => match.other))),
  ] as const;
  const turns = [isSwapped(one, other, matches), isReversed(one, other, matches), haveOtherRange(one, other)];
  const isFlipped = (inverted.length + denials[0] + denials[1] + turns.filter(Boolean).length) % 2 === 1;
  const [pair] = inverted;
  const opposed = pair && `“${one.words[pair.one]?.text}” and “${other.words[pair.other]?.text}”`;
  const reason = opposed === undefined ? 'One says what the other denies.' : `Opposites: ${opposed}.`;
  return {
    overlap: count === 0 ? 0 : (2 * matches.length) / count,
    shared: matches.flatMap((match) => one.words[match.one]?.text ?? []),
    isOtherSubject:
      rivalNumbers('names', one, other, matches) !== undefined ||
      haveOtherNames(one, other, matches) ||
      isOtherSubject(one, other, matches, conflict),
    denial: conflict === undefined ? (isFlipped ? reason : undefined) : `${conflict.join(' and ')} exclude each other.`,
  };
}

/** Matches each word with the first like word, the same words before like words and opposites. */
export function matchWords(one: readonly ContentWord[], other: readonly ContentWord[]): Match[] {
  const [takenOne, takenOther] = [new Set<number>(), new Set<number>()];
  const matches: Match[] = [];
  for (const signOf of [isSame, areAlike, areOpposed]) {
    for (const [at, word] of one.entries()) {
      if (takenOne.has(at)) continue;
      const place = other.findIndex((candidate, index) => !takenOther.has(index) && signOf(word, candidate) !== 0);
      const found = other[place];
      if (found === undefined) continue;
      takenOne.add(at);
      takenOther.add(place);
      matches.push({ one: at, other: place, sign: signOf(word, found) });
    }
  }
  return matches.sort((first, second) => first.one - second.one);
}

const isSame = (one: ContentWord, other: ContentWord) => Number(one.stem === other.stem);
const areAlike = (one: ContentWord, other: ContentWord) =>
  Number([...one.groups].some((group) => other.groups.has(group)));

function areOpposed(one: ContentWord, other: ContentWord): number {
  const isListed = [...one.sides].some(([pair, side]) => other.sides.get(pair) === -side);
  return isListed || isNegativeOf(one.stem, other) || isNegativeOf(other.stem, one) ? -1 : 0;
}

const NEGATIVE = /^(?:un|in|im|ir|il|dis|non-?|de)(?=.{3})/;

/** "unsafe" and "safe", "incompatible" and "compatible", "unhappy" and "satisfied". */
function isNegativeOf(stem: string, positive: ContentWord): boolean {
  const bare = stem.replace(NEGATIVE, '');
  if (bare === stem) return false;
  return bare === positive.stem || [...groupsOf(bare)].some((group) => positive.groups.has(group));
}

function countNegations(claim: Claim, matched: ReadonlySet<number>): number {
  return claim.negations.filter((places) => places.length === 0 || places.some((place) => matched.has(place))).length;
}

/** Whether no other word of the claim has the stem of the word at this place. */
export function isOnce({ words }: Claim, at: number): boolean {
  return words.filter(({ stem }) => stem === words[at]?.stem).length === 1;
}

/** "A is safer than B", "B is safer than A": the words before and after "than" have changed sides. */
function isSwapped(one: Claim, other: Claim, matches: readonly Match[]): boolean {
  const [first, second] = [one.pivot, other.pivot];
  if (first === undefined || second === undefined) return false;
  const telling = matches.filter(
    (match) =>
      match.one !== first - 1 && match.other !== second - 1 && isOnce(one, match.one) && isOnce(other, match.other),
  );
  const moved = telling.filter((match) => match.one < first !== match.other < second);
  return moved.length > telling.length / 2;
}

/** "from A to B", "from B to A": more of the words about the way have changed their place than have kept it. */
function isReversed(one: Claim, other: Claim, matches: readonly Match[]): boolean {
  const [first, second] = [one.route, other.route];
  if (first === undefined || second === undefined) return false;
  const onWay = matches.filter(
    (match) =>
      match.one >= first.from && match.other >= second.from && isOnce(one, match.one) && isOnce(other, match.other),
  );
  const moved = onWay.filter((match) => match.one < first.to !== match.other < second.to);
  return moved.length > onWay.length - moved.length;
}

/** "Only admins may delete", "anyone may delete" */
function haveOtherRange(one: Claim, other: Claim): boolean {
  return one.range !== undefined && other.range !== undefined && one.range !== other.range;
}

/** Returns two different numbers that count or name the same, each without its equal in the other claim. */
function rivalNumbers(
  of: 'unit' | 'names',
  one: Claim,
  other: Claim,
  matches: readonly Match[],
): [string, string] | undefined {
  const matched = {
    one: new Set(matches.map((match) => match.one)),
    other: new Set(matches.map((match) => match.other)),
  };
  for (const [at, word] of one.words.entries()) {
    if (word[of] === undefined || matched.one.has(at)) continue;
    const rival = other.words.find((candidate, place) => candidate[of] === word[of] && !matched.other.has(place));
    if (rival !== undefined) return [word.text, rival.text];
  }
  return undefined;
}

/** Returns whether the same word has another word directly before it in each claim: "iOS app" and "Android app". */
function haveOtherNames(one: Claim, other: Claim, matches: readonly Match[]): boolean {
  const [inOne, inOther] = [new Set(matches.map((match) => match.one)), new Set(matches.map((match) => match.other))];
  const namedBy = ({ words }: Claim, at: number, matched: ReadonlySet<number>) => {
    const [before, word] = [words[at - 1], words[at]];
    const isNext = before !== undefined && before.place + 1 === word?.place && before.unit === undefined;
    return isNext && !matched.has(at - 1) ? before : undefined;
  };
  return matches.some(
    (match) =>
      one.words[match.one]?.stem === other.words[match.other]?.stem &&
      namedBy(one, match.one, inOne) !== undefined &&
      namedBy(other, match.other, inOther) !== undefined,
  );
}

/**
 * Returns whether the shared words stand in the same order and each gap between them is filled in both claims or in
 * none. Then the claims say the same of different things. Conflicting numbers fill no gap.
 */
function isOtherSubject(one: Claim, other: Claim, matches: readonly Match[], conflict: unknown): boolean {
  const isNumber = (word: ContentWord | undefined) => conflict !== undefined && word?.unit !== undefined;
  const gaps: [number, number][] = [];
  let last: Match = { one: -1, other: -1, sign: 1 };
  for (const match of [...matches, { one: one.words.length, other: other.words.length, sign: 1 }]) {
    if (match.other <= last.other) return false;
    const open = (claim: Claim, from: number, to: number) =>
      claim.words.slice(from + 1, to).filter((word) => !isNumber(word)).length;
    gaps.push([open(one, last.one, match.one), open(other, last.other, match.other)]);
    last = match;
  }
  const isFilled = gaps.some(([first, second]) => first > 0 && second > 0);
  return isFilled && gaps.every(([first, second]) => first > 0 === second > 0);
}
