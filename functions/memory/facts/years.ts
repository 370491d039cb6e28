/** A number that could be a year, and is not part of a longer number, an amount, a version or a range of numbers. */
const YEAR = /^(?:19|20)\d{2}(?![\w%€$£¥°/–—-]|[.,:]\d| ?[€$£¥%°])/;
/** What follows a year: the end of the phrase, another clause, or a name. A unit ("2000 files") does not. */
const FOLLOWING = new RegExp(
  `^(?:\\s*$|[.,;:!?)"'’”\\]]|\\s+(?:${[
    'on|onward|onwards|until|till|through|and|but|or|when|because|as|in|at|with|for|is|was|are|were|has|have|had|been',
    'i|I|we|he|she|they|it|you|the|my|our|his|her|their|its|this|that|these|those|there|after|by|already|now|so|who',
    'which|where|while|then|only|not?|under|though|although',
  ].join('|')})\\b|\\s+(?!Euros?\\b|Dollars?\\b)\\p{Lu}\\p{Ll}|\\s+I['’])`,
  'u',
);
/** Before "from 2000" these say that a quantity changed or begins there. */
const QUANTITY =
  /\b(?:up|down|away|far|rang\w*|count\w*|(?:up|down)grad\w*|chang\w*|rais\w*|ris(?:e|es|en|ing)|rose|increas\w*|decreas\w*|gr[eo]w\w*|f[ae]ll\w*|dropp?\w*|cut|cuts|cutting|reduc\w*|lower\w*|shr[aiu]nk\w*|go|goes|going|gone|went|mov\w*|migrat\w*|switch\w*|updat\w*|convert\w*|expand\w*|extend\w*|scal\w*|doubl\w*|jump\w*|climb\w*|bump\w*|adjust\w*|differ\w*|renam\w*|improv\w*|declin\w*|swapp?\w*|prices?|costs?|fees?|salar\w+|budgets?|rents?|limits?|scores?|rates?|tickets?|numbers?|codes?|rooms?|versions?|ports?|sizes?|values?|calls?|call(?:ed|ing)|earn\w*|pay\w*|paid|weigh\w*|sell\w*|sold|buy\w*|bought)\b[^.;!?]*$/i;
/** How much of the sentence before "from" is looked at. */
const BEFORE = 80;

/**
 * Returns whether the number at a place of a text is a year: "since 2019", "from 1999 to 2005", but not "up from 1500
 * dollars", "from 2000 to 2500 files", "from 2024.1" or "since 2000 users joined". A plain number is no year, because a
 * wrong year hides a fact behind the one that it corrects.
 */
export function readsAsYear(
  text: string,
  { from, lead, start }: { from: number; lead: string; start: number },
): boolean {
  const words = text.slice(from, from + BEFORE);
  const year = YEAR.exec(words)?.[0];
  if (year === undefined) return false;
  if (lead !== 'since' && lead !== 'as of' && QUANTITY.test(text.slice(Math.max(0, start - BEFORE), start)))
    return false;
  const rest = words.slice(year.length);
  const end = /^ (?:to|until|till|through) /.exec(rest)?.[0];
  if (end === undefined) return FOLLOWING.test(rest);
  const last = YEAR.exec(rest.slice(end.length))?.[0];
  if (last === undefined) return !/^\d/.test(rest.slice(end.length));
  return last >= year && FOLLOWING.test(rest.slice(end.length + last.length));
}
