import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { foldWords, spellingsOf } from '../../../functions/platform/language/fold.ts';
import { LANGUAGES, languageOf, STOP_WORDS } from '../../../functions/platform/language/stop-words.ts';
import { lastQuestionOf, weightedWords, wordsOf } from '../../../functions/platform/language/words.ts';
import { WORD_VECTORS } from './word-vectors.ts';

describe('the words of a text', () => {
  it.each(WORD_VECTORS)('$text', ({ text, words, folded = words, language }) => {
    expect(wordsOf(text).join(' ')).toBe(words);
    expect(foldWords(words)).toBe(folded);
    expect(languageOf(wordsOf(text))).toBe(language);
  });

  it('takes time in proportion to the text', () => {
    // A pattern that backtracks would need minutes.
    for (const text of ['a'.repeat(200_000), 'a-'.repeat(100_000), "aB'".repeat(70_000), '漢'.repeat(100_000)])
      expect(wordsOf(text).length).toBeGreaterThan(0);
  });
});

test('other spellings: umlauts and their digraphs, both ways, but no "ue" after a vowel', () => {
  expect(spellingsOf('müller')).toEqual(['mueller']);
  expect(spellingsOf('mueller')).toEqual(['muller']);
  expect(spellingsOf('søren')).toEqual(['soeren']);
  expect(spellingsOf('aalborg')).toEqual(['alborg']);
  expect(spellingsOf('neue')).toEqual([]);
  expect(spellingsOf('quelle')).toEqual([]);
});

test('in a question, single characters of runs count less or nothing', () => {
  const weighted = (text: string) =>
    weightedWords(wordsOf(text)).map(({ word, isWhole }) => (isWhole ? word : `(${word})`));
  expect(weighted('猫')).toEqual(['猫', '猫']);
  expect(weighted('猫は')).toEqual(['(猫)', '猫は', '(猫)']);
  expect(weighted('집이')).toEqual(['(집)', '집이']);
  expect(weighted('cat')).toEqual(['cat']);
});

test('the last question of a conversation', () => {
  expect(lastQuestionOf('Ich war müde. What did Maya say? And then?')).toBe(' And then?');
  expect(lastQuestionOf('今日は。どこですか？ はい')).toBe('どこですか？');
  expect(lastQuestionOf('No question at all')).toBe('No question at all');
});

test('the stop words in SQL are those of the languages', () => {
  const sql = readFileSync('functions/platform/sql/stop_words.sql', 'utf8');
  const stored = Object.fromEntries([...sql.matchAll(/"([^"]+)":"(\d+)"/g)].map(([, word, places]) => [word, places]));
  const expected: Record<string, string> = {};
  for (const [place, language] of LANGUAGES.entries())
    for (const word of new Set(STOP_WORDS[language].split(' ')))
      expected[word] = (expected[word] ?? '') + String(place);
  expect(stored).toEqual(expected);
});
