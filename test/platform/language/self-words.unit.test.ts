import { expect, test } from 'vitest';
import { speaksOfSelf } from '../../../functions/platform/language/self-words.ts';

test.each([
  '来年の六月に仙台へ引っ越す予定です。',
  '息子の陸は九歳で、水泳を習っています。',
  '夫は消防士で、夜勤が多い。',
  '母の病院は水曜日です。',
  '来週までに見積書を出さなければならない。',
  '監視にはGrafanaを使うことにしました。',
  '猫を二匹飼っている。',
  'سوف ننتقل إلى طنجة في الصيف.',
  'سأزور الطبيب يوم الخميس.',
  'مديري قلق من التأخير.',
  'قررنا تأجيل الإطلاق.',
])('speaks of oneself: %s', (sentence) => {
  expect(speaksOfSelf(sentence)).toBe(true);
});

test.each([
  '大丈夫です。',
  '工夫がいる。',
  '雨が降っている。',
  '冬は寒い。',
  'السماء صافية اليوم.',
  'سألته عن الطقس.',
  'الطريق مغلق منذ سنة.',
])('does not: %s', (sentence) => {
  expect(speaksOfSelf(sentence)).toBe(false);
});
