import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { foldWords } from '../../../functions/platform/language/fold.ts';
import { LANGUAGES } from '../../../functions/platform/language/stop-words.ts';
import { wordsOf } from '../../../functions/platform/language/words.ts';
import { WORD_VECTORS } from './word-vectors.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(closeDatabase);

const tokenize = async (texts: readonly string[]) =>
  database.as({ kind: 'system' }).query<{ words: string; folded: string; language: number | null; lexemes: string[] }>({
    name: 'test_tokenize',
    text: `select w.words, memory_fold(w.words) as folded, language_of(string_to_array(w.words, ' ')) as language,
        tsvector_to_array(memory_lexemes(t.text)) as lexemes
      from unnest($1::text[]) with ordinality as t (text, place) cross join lateral (select memory_words(t.text) as words) w
      order by t.place`,
    values: [texts],
  });

describe('SQL splits texts as TypeScript does', () => {
  it.each(WORD_VECTORS)('$text', async ({ text, words, folded = words, language }) => {
    const [row] = await tokenize([text]);
    expect(row?.words).toBe(words);
    expect(row?.folded).toBe(folded);
    expect(LANGUAGES[row?.language ?? -1]).toBe(language);
  });

  it('for every character of the Basic Multilingual Plane, between letters and alone', async () => {
    const texts: string[] = [];
    for (let first = 1; first < 0xfffe; first += 64) {
      const codes = Array.from({ length: 64 }, (_, index) => first + index).filter(isAssigned);
      texts.push(codes.map((code) => `x${String.fromCharCode(code)}y ${String.fromCharCode(code)}`).join(' '));
    }
    const rows = await tokenize(texts);
    const differing = texts.flatMap((text, index) => {
      const words = wordsOf(text).join(' ');
      const isSame = rows[index]?.words === words && rows[index]?.folded === foldWords(words);
      return isSame ? [] : [{ text, sql: rows[index]?.words, typescript: words }];
    });
    expect(differing).toEqual([]);
  });
});

/** Letters that got their other case in Unicode 14 to 16, which the libraries of a database may not know. */
const NEW_CASES = /[\u1c89\u1c8a\u2c2f\u2c5f\ua7c0-\ua7ff]/;

/** Leaves out surrogates and private use. */
function isAssigned(code: number): boolean {
  const character = String.fromCharCode(code);
  const isLeftOut = code > 0xfffd || (code >= 0xd800 && code <= 0xf8ff) || NEW_CASES.test(character);
  return !isLeftOut && /\p{Assigned}/u.test(character);
}

test('the lexemes of a text: stems, exact forms with accents, beginnings, single Han characters', async () => {
  const [german, english, chinese] = await tokenize([
    'Die Häuser am See sind schön',
    'The café sells houses',
    '我的猫很可爱',
  ]);
  expect(german?.lexemes).toEqual(expect.arrayContaining(['haus', 'hauser', 'häuser', '0haus', 'schon']));
  expect(german?.lexemes).not.toContain('die');
  expect(english?.lexemes).toEqual(['café', 'cafe', 'hous', 'sell'].toSorted());
  expect(chinese?.lexemes).toEqual(expect.arrayContaining(['我的', '的猫', '猫']));
});
