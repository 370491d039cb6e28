/** Titles and short forms, in lower case. A point after one ends no sentence. */
const SHORT_FORMS = new Set(
  'dr mr mrs ms prof st sr jr vs nr bzw ca z.b d.h u.a e.g i.e approx inc ltd dra sra srta mme mlle ing dipl г ул им т.е т.к г-н г-жа'.split(
    ' ',
  ),
);

const MARKS = /[.!?…。！？｡।॥۔؟]+["”’»」』）)]*/gu;
/** Marks of scripts that need no space behind them: Chinese, Japanese, Hindi, Bengali, Urdu and Arabic. */
const NEEDS_NO_SPACE = /[。！？｡।॥۔؟]/u;
const MONTH = /^ (?:jan|feb|fév|m[aä]r|apr|avr|ma[iy]|jui?n|jui?l|aug|aoû|sep|o[ck]t|nov|d[eé][cz])/i;

/**
 * Splits a text into sentences at line breaks and at the marks that end a sentence in any script. A point after a
 * title, an initial or a day ("Dr. Müller", "J. Doe", "3. Mai") ends none. Runs in linear time.
 */
export function splitSentences(text: string): string[] {
  return text.split('\n').flatMap(sentencesOfLine);
}

function sentencesOfLine(line: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const { 0: mark, index } of line.matchAll(MARKS)) {
    const end = index + mark.length;
    if (!NEEDS_NO_SPACE.test(mark) && (!/\s/.test(line[end] ?? ' ') || (mark === '.' && isShortForm(line, index))))
      continue;
    sentences.push(line.slice(start, end).trim());
    start = end;
  }
  return [...sentences, line.slice(start).trim()].filter((sentence) => sentence !== '');
}

function isShortForm(line: string, point: number): boolean {
  const word = /(?:^|[\s(])(\S{1,6})$/u.exec(line.slice(Math.max(0, point - 7), point))?.[1] ?? '';
  if (/^\d{1,2}$/.test(word)) return MONTH.test(line.slice(point + 1, point + 6));
  return SHORT_FORMS.has(word.toLowerCase()) || (/^\p{Lu}$/u.test(word) && word !== 'I');
}

/** Returns whether a sentence is a question, by the mark at its end. */
export function isQuestion(sentence: string): boolean {
  return /[?？؟⸮]["”’»」』）)]*$/u.test(sentence);
}

/**
 * Returns the length of a text in letters of an alphabet: a sign of Chinese, Japanese or Korean says as much as three
 * letters.
 */
export function letterLength(text: string): number {
  return text.length + 2 * (text.match(/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]/gu)?.length ?? 0);
}
