/**
 * Tells random text from words. Documented defaults are words (`lm-studio`, `apexflow`, `sk-no-key-required`): they
 * occur in ordinary text, so masking them would change it, and they are no secret.
 */

/**
 * Fewer bits can be guessed or occur by chance: a date has 26. 95 % of the texts of 12 random base64
 * characters have more, and 99.9 % of those of 24.
 */
const LEAST_BITS = 27;
const BITS_OF_LETTER = 4.7;
const BITS_OF_DIGIT = 3.3;
/** Short groups are often abbreviations (`vllm`, `xml`), so they count less than their letters. */
const MOST_BITS_OF_SHORT_GROUP = 10;
const SHORT_GROUP = 6;

/**
 * The 170 most common pairs of letters in 8,200 words of English documentation. In 95 % of the words at least half of
 * the pairs are among these, and in 4 % of random texts of 16 letters.
 */
const PAIRS = new Set(
  (
    'in re er te ed ti on es en at ng nt st de co se or le al ar ra li ri an it ro io me ec tr ns ta is ve ma et ea pr ' +
    'ne nd di pe ac to lo ct ch ce si un as om ge el pa ic ca rs la fi ll mi nc ss il he na ur ou ly th ex ts ad im ha ' +
    'em ie am rt id no ni mp su po ut ck ke us so ab os od pl ep ig ef ol op da sh ot ai sc bl ty rr ag ap fo tt ul ia ' +
    'oc sp ee ho hi ev be cr cl iv sa fe ob ir ow mo pt va ba vi oo gi if bu pi ci ff pp cu bi do rm rc tu qu um ds au ' +
    'up tc ip iz fa ib bo gr wa lu ue ls rd ov ry ay eg ui'
  ).split(' '),
);

/** Groups of letters in one case or with a capital in front, and groups of digits. */
const GROUPS = /\p{Lu}?[\p{Ll}\p{Lo}]+|\p{Lu}+|\d+/gu;

/** Tells whether a text has so much entropy that it cannot be made of words, years and counters. */
export function isRandomText(text: string): boolean {
  let bits = 0;
  for (const [group] of text.matchAll(GROUPS)) {
    bits += bitsOf(group.toLowerCase());
    if (bits >= LEAST_BITS) return true;
  }
  return false;
}

function bitsOf(group: string): number {
  if (/^\d/.test(group)) return isSequence(group) ? BITS_OF_DIGIT : group.length * BITS_OF_DIGIT;
  const bits = group.length * BITS_OF_LETTER;
  if (group.length < 3) return bits + group.length;
  if (isWord(group)) return 0;
  return group.length <= SHORT_GROUP ? Math.min(bits, MOST_BITS_OF_SHORT_GROUP) : bits;
}

function isWord(letters: string): boolean {
  let common = 0;
  for (let at = 1; at < letters.length; at += 1) if (PAIRS.has(letters.slice(at - 1, at + 1))) common += 1;
  return common * 2 >= letters.length - 1 || new Set(letters).size === 1;
}

/** `0000`, `1234`, `7890`, `4321`. */
function isSequence(digits: string): boolean {
  const steps = new Set<number>();
  for (let at = 1; at < digits.length; at += 1) steps.add((Number(digits[at]) - Number(digits[at - 1]) + 10) % 10);
  return steps.size <= 1;
}
