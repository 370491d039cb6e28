import { expect, test } from 'vitest';
import { readQuestion } from '../../../functions/platform/language/read-question.ts';

const asked = (text: string) => new Set(readQuestion(text).terms.flatMap(({ words }) => words));

test.each([
  ['卵は食べられますか', ['卵', '食べ'], ['ます', 'すか']],
  ['会議は何時でしたか？', ['会議', '何時'], ['した', 'たか', 'でし']],
  ['兄はどこで働いていますか。母はどこですか？', ['兄', '母', '働い'], ['ます', 'すか', 'です']],
  ['회의는 언제입니까?', ['회의', '언제'], ['입니', '니까']],
])('%s: its polite end is no word of the question', (text, there, gone) => {
  const words = asked(text);
  expect(there.filter((word) => !words.has(word))).toEqual([]);
  expect(gone.filter((word) => words.has(word))).toEqual([]);
});

test('a question of nothing but such an end is searched with it', () => {
  expect(asked('ですか？').size).toBeGreaterThan(0);
});
