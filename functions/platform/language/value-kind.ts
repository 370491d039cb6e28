import { isKnownName, isPeople, isQuality } from './known-words.ts';
import type { Word } from './read-statement.ts';

/** The value of an answer with its kind. Two values of one kind answer the same question. */
export interface Value {
  /** `date`, `time`, `number <unit>`, `name`, `in name`, `word` … */
  kind: string;
  /** Whether the kind alone tells that the values exclude each other; a name or a word also depends on the question. */
  isExact: boolean;
  /** The words of the value without articles, prepositions and what follows it. */
  words: readonly Word[];
  /** What follows the value: "from 9 to 5", "on Mondays", "because …". */
  tail: readonly Word[];
}

const WEEKDAY = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';
const MONTH =
  '(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)';
const YEAR = '(?:19|20)\\d\\d';
const DAY = '\\d{1,2}(?:st|nd|rd|th)?';
/** Behind "12.50" they tell that it is no time. Hours are missing: "16.30 hours" is one. */
const UNIT =
  '(?:eur|euros?|usd|dollars?|gbp|pounds?|chf|francs?|yen|[nsd]?kr|kroner|kronor|cents?|percent|%|kg|kilos?|grams?|g|tons?|tonnes?|lit(?:re|er)s?|l|km|cm|mm|m|met(?:re|er)s?|miles?|feet|inch(?:es)?|knots?|degrees?|minutes?|seconds?|ms|[kmgt]b|points?)';
const TIME = `(?:\\d{1,2}(?::\\d\\d|\\.\\d\\d(?! ${UNIT}(?: |$)))(?: ?[ap]\\.?m)?|\\d{1,2} ?[ap]\\.?m|\\d{1,2} o'clock|noon|midnight|half past \\w+|quarter (?:past|to) \\w+)`;
const DATE = `(?:(?:(?:next|this|last|coming) )?${WEEKDAY}(?: (?:morning|afternoon|evening|night))?|\\d{4}-\\d\\d-\\d\\d|\\d{1,2}[./]\\d{1,2}[./](?:\\d{4}|\\d\\d)|(?:the )?${DAY} (?:of )?${MONTH}(?: ${YEAR})?|${MONTH} ${DAY}(?: ${YEAR})?|(?:early |mid |late |end of )?${MONTH}(?: ${YEAR})?|q[1-4](?: ${YEAR})?|tomorrow|(?:next|this) (?:week|month|year|spring|summer|autumn|fall|winter))`;

/** Each is matched against the beginning of the value, in lower case. */
const EXACT: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['date', new RegExp(`^${DATE}(?: (?:at )?${TIME})?(?= |$)`)],
  ['date', new RegExp(`^${TIME} (?:on )?${DATE}(?= |$)`)],
  ['time', new RegExp(`^${TIME}(?= |$)`)],
  ['email', /^[^\s@]+@[^\s@][^\s@.]*\.[^\s@]+(?= |$)/],
  ['url', /^[a-z][a-z0-9+.-]*:\/\/\S+/],
  ['path', /^(?:~|\.{0,2})\/\S+|^[a-z]:\\\S+/],
  ['channel', /^#\p{L}\S*/u],
  ['phone', /^\+?\(?\d[\d()/-]*(?: [\d()/-]{2,}){1,6}(?= |$)|^\+?\d[\d-]{5,}\d(?= |$)/],
  ['number', /^v?\d+(?:\.\d+){2,}(?= |$)/],
  ['host', /^(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?= |$)/],
  [
    'colour',
    /^(?:(?:light|dark|pale|bright) )?(?:red|green|blue|yellow|orange|purple|violet|pink|brown|black|white|gr[ae]y|turquoise|teal|beige|gold|silver|cyan|magenta|navy)(?= |$)/,
  ],
  ['code', /^[a-z]{1,3}-?\d+[a-z]?(?= |$)/],
  ['size', /^(?:x{0,3}s|m|x{0,3}l)(?= |$)/],
];

const ARTICLE = /^(the|an?)$/;
const ROUNDED = /^(about|around|approximately|roughly|exactly|nearly|almost|only|just)$/;
/** A value ends before these words. */
const ENDS =
  /^(and|or|but|because|since|so|until|till|when|while|if|unless|who|which|that|where|after|before|during|every|each|for|from|with|without|as|on|in|at|near|by|to|except|instead)$/;

/** Reads the value of an answer; undefined when its words do not show what kind of value it is. */
export function readValue(words: readonly Word[]): Value | undefined {
  const { preposition, isOneOfMany, rest } = withoutLead(words);
  const text = rest.map(({ plain }) => plain).join(' ');
  for (const [kind, pattern] of EXACT) {
    const found = pattern.exec(text)?.[0];
    if (found === undefined) continue;
    // "on a Sunday", "every Monday" name no date.
    if (kind === 'date' && (isOneOfMany || preposition === 'every')) return undefined;
    const count = found.split(' ').length;
    return { kind, isExact: true, words: rest.slice(0, count), tail: rest.slice(count) };
  }
  const named = numberOf(rest, preposition) ?? nameOf(rest, preposition);
  // "a surprise", "a friend of Anna" describe; "the Grand Hotel" names.
  return named === undefined || named.isExact || !isOneOfMany ? named : { ...named, kind: `a ${named.kind}` };
}

function withoutLead(words: readonly Word[]) {
  let at = 0;
  const skip = (pattern: RegExp) => {
    if (words.length > at + 1 && pattern.test(words[at]?.plain ?? '')) at += 1;
  };
  skip(/^(daily|always)$/);
  skip(/^(due|scheduled|planned|set|named|called|located|situated|based)$/);
  const before = at;
  skip(/^(on|at|in|by|for|to|from|every)$/);
  const preposition = at > before ? (words[before]?.plain ?? '') : '';
  if (/^[$€£¥+-]?\d/.test(words[at + 1]?.plain ?? '')) skip(ROUNDED);
  const isOneOfMany = /^an?$/.test(words[at]?.plain ?? '');
  skip(ARTICLE);
  return { preposition, isOneOfMany, rest: words.slice(at) };
}

const COUNTS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
const CURRENCY: Record<string, string> = { $: 'dollar', '€': 'euro', '£': 'pound', '¥': 'yen' };
const MOST_UNIT_WORDS = 4;

/** "1200 euros", "$5 a month", "30 seconds", "room 4", "12 Elm Street". */
function numberOf(words: readonly Word[], preposition: string): Value | undefined {
  const [first, second] = words;
  if (first === undefined) return undefined;
  // "at 12"
  if (preposition === 'at' && words.length === 1 && /^(1?\d|2[0-4])$/.test(first.plain))
    return { kind: 'time', isExact: true, words, tail: [] };
  const place = /^(on|in|at|from)$/.test(preposition) ? `${preposition} ` : '';
  const [, sign = '', digits, ending = ''] = /^([$€£¥]?)([+-]?\d[\d.,']*)([a-z%$€£¥]*)$/.exec(first.plain) ?? [];
  if (digits === undefined && !COUNTS.includes(first.plain)) {
    // "room 4", "version 15": the word in front says what is numbered.
    const isNumbered = /^[a-z]+$/.test(first.plain) && /^[a-z]?\d[\d.]*[a-z]?$/.test(second?.plain ?? '');
    if (!isNumbered || isCapital(first)) return undefined;
    return { kind: `${place}${first.plain} number`, isExact: true, words: words.slice(0, 2), tail: words.slice(2) };
  }
  const unit = [...(sign === '' ? [] : [sign]), ...(ending === '' ? [] : [ending]), ...words.slice(1).map(unitWord)];
  const isAddress = second !== undefined && /^\p{Lu}\p{Ll}{2}/u.test(second.text) && words.length <= MOST_UNIT_WORDS;
  if (isAddress) return { kind: 'address', isExact: true, words, tail: [] };
  const end = words.findIndex(({ isAfterComma, plain }, at) => at > 0 && (isAfterComma || plain === 'because'));
  const own = end < 0 ? unit : unit.slice(0, unit.length - (words.length - end));
  if (own.length > MOST_UNIT_WORDS) return undefined;
  const kind = own.map((word) => CURRENCY[word] ?? word).join(' ');
  const count = end < 0 ? words.length : end;
  return { kind: `${place}number ${kind}`, isExact: true, words: words.slice(0, count), tail: words.slice(count) };
}

function unitWord({ plain }: Word): string {
  if (/^(per|each|every)$/.test(plain)) return 'a';
  return plain
    .replace(/^(kilogram|kilo)s?$/, 'kg')
    .replace(/^usd$/, 'dollar')
    .replace(/^eur$/, 'euro')
    .replace(/s$/, '');
}

export const isCapital = ({ text }: Word) =>
  /^[\p{Lu}@]/u.test(text) || /^[#@]?\p{Ll}+\p{Lu}/u.test(text) || /^\d+\p{Lu}\p{Ll}/u.test(text);
const PARTICLE = /^(of|de|da|di|del|della|la|le|van|von|der|den|the|&|y|st)$/;
const MOST_NAME_WORDS = 5;
const MOST_PLAIN_WORDS = 3;

/** "Anna Schmidt", "VS Code", "in New York"; or plain words: "product manager", "swimming". */
function nameOf(words: readonly Word[], preposition: string): Value | undefined {
  const end = words.findIndex(
    (word, at) => at > 0 && (word.isAfterComma || (ENDS.test(word.plain) && !isCapital(word))),
  );
  const own = withoutOffice(end < 0 ? words : words.slice(0, end));
  const tail = end < 0 ? [] : words.slice(end);
  const plain = own.map((word) => word.plain);
  const place = preposition === '' ? '' : `${preposition} `;
  const isName =
    own.length > 0 &&
    own.length <= MOST_NAME_WORDS &&
    (isKnownName(plain.join(' ')) ||
      own.every(
        (word, at) => isCapital(word) || (at > 0 && (PARTICLE.test(word.plain) || /^\d[\d.]*$/.test(word.plain))),
      ));
  if (own.length === 1 && isPeople(plain[0] ?? '')) return { kind: `${place}people`, isExact: false, words: own, tail };
  if (isName) return { kind: `${place}name`, isExact: false, words: own, tail };
  if (own.length === 0 || own.length > MOST_PLAIN_WORDS || isQuality(plain) || preposition !== '') return undefined;
  if (plain.some((word) => !/^[\p{L}\p{N}_#@.+/-]+$/u.test(word))) return undefined;
  return {
    kind: own.length === 1 && /.{2}ing$/.test(plain[0] ?? '') ? 'activity' : 'word',
    isExact: false,
    words: own,
    tail,
  };
}

/** "city of Bremen" is named as "Bremen" is. */
function withoutOffice(words: readonly Word[]): readonly Word[] {
  const isOffice =
    words[1]?.plain === 'of' &&
    /^(city|town|state|county|canton|province|region|university|bank|ministry|department|institute)$/.test(
      words[0]?.plain ?? '',
    );
  return isOffice ? words.slice(2) : words;
}
