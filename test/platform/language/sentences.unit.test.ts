import { expect, it } from 'vitest';
import { speaksOfSelf } from '../../../functions/platform/language/self-words.ts';
import { isQuestion, letterLength, splitSentences } from '../../../functions/platform/language/sentences.ts';
import { expectLinear, repeated } from '../../support/growth.ts';

it.each([
  ['我叫小红。我住在北京！你呢？', ['我叫小红。', '我住在北京！', '你呢？']],
  ['「東京です。」と言った。はい', ['「東京です。」', 'と言った。', 'はい']],
  ['मैं पुणे में हूँ। तुम?', ['मैं पुणे में हूँ।', 'तुम?']],
  ['میں لاہور میں ہوں۔تم؟ہاں', ['میں لاہور میں ہوں۔', 'تم؟', 'ہاں']],
  ['أين؟ في القاهرة.', ['أين؟', 'في القاهرة.']],
  ['Dr. Weiß kam am 3. Mai. Ich auch… J. Doe, e.g. him', ['Dr. Weiß kam am 3. Mai.', 'Ich auch…', 'J. Doe, e.g. him']],
  [
    'I have 3. So do I. Version 2.5 is at x.y/z?a=b now\nnext',
    ['I have 3.', 'So do I.', 'Version 2.5 is at x.y/z?a=b now', 'next'],
  ],
  ['He said "no." Really?! Yes', ['He said "no."', 'Really?!', 'Yes']],
])('splits %j', (text, sentences) => expect(splitSentences(text)).toEqual(sentences));

it('knows a question by its mark in any script', () => {
  for (const text of ['So?', '是吗？', 'حقا؟', '«Да?»', 'ok?!'.replace('!', '')]) expect(isQuestion(text)).toBe(true);
  for (const text of ['So.', '是。', 'What? No.']) expect(isQuestion(text)).toBe(false);
});

it('counts a sign of Chinese, Japanese or Korean as three letters', () => {
  expect([
    letterLength('abc'),
    letterLength('我住'),
    letterLength('サク'),
    letterLength('서울'),
    letterLength(''),
  ]).toEqual([3, 6, 6, 6, 0]);
});

it.each([
  ['English', "We're from a village.", 'The village is old.'],
  ['Chinese', '我在工厂上班。', '工厂很大。'],
  ['Hindi', 'मुझे चाय पसंद है।', 'चाय गरम है।'],
  ['Spanish', 'Trabajo en una panadería.', 'La panadería abre temprano.'],
  ['French', "J’habite près d'une gare.", 'La gare est grande.'],
  ['Arabic', 'أحب القهوة وأعمل طبيبا.', 'القهوة ساخنة.'],
  ['Arabic after "and"', 'ولدت هناك وأعيش هنا.', 'هناك وهنا.'],
  ['Bengali', 'আমি ঢাকায় থাকি।', 'ঢাকা বড় শহর।'],
  ['Portuguese', 'Moro perto do rio.', 'O rio é largo.'],
  ['Russian', 'Работаю учителем.', 'Учитель пришёл.'],
  ['Urdu', 'میرا گھر لاہور میں ہے۔', 'گھر بڑا ہے۔'],
  ['Japanese', '大阪に住んでいます。', '大阪は広いです。'],
  ['German', 'Meine Katze ist alt.', 'Die Katze ist alt.'],
  ['Polish', 'Mieszkam obok rynku.', 'Rynek jest stary i duży.'],
  ['a decomposed text', 'Je préfère le thé.'.normalize('NFD').replace('Je ', ''), 'Le thé.'],
])('knows who speaks of themselves in %s', (_language, own, other) => {
  expect([speaksOfSelf(own), speaksOfSelf(other)]).toEqual([true, false]);
});

it.each(['. ', 'Dr. ', 'a.', '。', '?"', 'я ', "'", 'e\u0301'])(
  'reads a text of nothing but %j in linear time',
  (piece) =>
    expectLinear(
      (text) => splitSentences(text).filter((sentence) => speaksOfSelf(sentence)),
      repeated(piece),
      20_000 / 8,
    ),
);
