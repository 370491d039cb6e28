/** Characters at the start of a line in which a speaker and a time are looked for. */
const LONGEST_HEAD = 200;

/** Marks without width that chat programs write around names and dates. */
const INVISIBLE = /[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;
const ALL_INVISIBLE = new RegExp(INVISIBLE, 'g');
/** The digit 0 of Arabic, Persian, Devanagari, Bengali and full width. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xff10];

// biome-ignore lint/suspicious/noControlCharactersInRegex: everything outside of ASCII.
const NOT_ASCII = /[^\x00-\x7f]/;

/** The start of a line, prepared for patterns. */
export interface LineHead {
  /** Without invisible marks, with ASCII digits, and with ordinary spaces. Tabs stay. */
  text: string;
  /** Returns the part of the original line between two positions of `text`, without invisible marks. */
  original(from: number, to?: number): string;
  /** Returns the original line from a position of `text` on, as it is. */
  rest(from: number): string;
}

const EMPTY: LineHead = { text: '', original: () => '', rest: () => '' };

/** Prepares the start of a line: other digits and spaces become ASCII, and marks without width are left out. */
export function lineHead(line: string): LineHead {
  if (line === '') return EMPTY;
  const start = line.slice(0, LONGEST_HEAD);
  if (!NOT_ASCII.test(start)) {
    return {
      text: start,
      original: (from, to = start.length) => start.slice(from, to).trim(),
      rest: (from) => line.slice(from).trim(),
    };
  }
  const signs: string[] = [];
  const places: number[] = [];
  for (let at = 0; at < start.length; at += 1) {
    const sign = start[at] ?? '';
    const code = sign.charCodeAt(0);
    if (code > 0x7f && INVISIBLE.test(sign)) continue;
    signs.push(code <= 0x7f ? sign : asciiOf(sign, code));
    places.push(at);
  }
  const placeOf = (at: number) => places[at] ?? start.length;
  return {
    text: signs.join(''),
    original: (from, to = signs.length) => line.slice(placeOf(from), placeOf(to)).replaceAll(ALL_INVISIBLE, '').trim(),
    rest: (from) => line.slice(placeOf(from)).trim(),
  };
}

function asciiOf(sign: string, code: number): string {
  if (/\p{Zs}/u.test(sign)) return ' ';
  const zero = ZEROS.find((first) => code >= first && code <= first + 9);
  return zero === undefined ? sign : String(code - zero);
}
