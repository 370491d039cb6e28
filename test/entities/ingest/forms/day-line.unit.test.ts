import { expect, test } from 'vitest';
import { dayIn } from '../../../../functions/entities/ingest/forms/day-line.ts';
import { lineHead } from '../../../../functions/entities/ingest/forms/line-head.ts';
import { readTranscript } from '../../../../functions/entities/ingest/forms/read-transcript.ts';

const NOW = '2026-11-29T12:00:00Z';
const turnsOf = (text: string) =>
  readTranscript(text, NOW).turns.map(({ speaker, text: words, said_at }) => [speaker, words, said_at?.slice(0, 16)]);

test.each([
  '2026/10/07(水)',
  '2026/10/07（水曜日）',
  '2026.10.07 水曜日',
  '2026年10月7日 星期三',
  '--------------- 2026년 10월 7일 수요일 ---------------',
  'Wed, 07/10/2026',
  'Wednesday, October 7, 2026',
  'mercredi 7 octobre 2026',
  'Mittwoch, 7. Oktober 2026',
  'miércoles, 7 de octubre de 2026',
  'среда, 7 октября 2026',
  'الأربعاء ٧/١٠/٢٠٢٦',
  '--- Day changed Wed Oct 07 2026',
  '2026-10-07',
])('the line %s names a day', (line) => {
  expect(dayIn(lineHead(line))?.numbers.toSorted((one, other) => one - other)).toEqual([7, 10, 2026]);
});

test.each(['Anna 2026-10-07', '2026-10-07 Anna', 'on 7 October 2026', '2026/10/07(水) 会議', '10:32', '7 October', ''])(
  'the line "%s" names none',
  (line) => {
    expect(dayIn(lineHead(line))).toBeUndefined();
  },
);

test('an export of LINE: each message is of the day above it, which is no word of the one before', () => {
  const chat =
    '[LINE] 森さくらとのトーク履歴\n保存日時：2026/10/09 21:10\n\n2026/10/07(水)\n23:15\t森さくら\t引っ越します。\n23:59\t原健\t手伝うよ\n二人で\n\n' +
    '2026/10/08(木)\n00:01\t森さくら\tありがとう\n';
  expect(turnsOf(chat).filter(([speaker]) => speaker !== 'unknown')).toEqual([
    ['森さくら', '引っ越します。', '2026-10-07T23:15'],
    ['原健', '手伝うよ\n二人で', '2026-10-07T23:59'],
    ['森さくら', 'ありがとう', '2026-10-08T00:01'],
  ]);
});

test('KakaoTalk, and lines of a time and a name, below a day', () => {
  expect(
    turnsOf(
      '--------------- 2026년 10월 7일 수요일 ---------------\n[서연] [오후 2:32] 안녕\n[Noor] [오후 2:33] hi there\n' +
        '--------------- 2026년 10월 8일 목요일 ---------------\n[서연] [오전 9:00] 좋은 아침',
    ),
  ).toEqual([
    ['서연', '안녕', '2026-10-07T14:32'],
    ['Noor', 'hi there', '2026-10-07T14:33'],
    ['서연', '좋은 아침', '2026-10-08T09:00'],
  ]);
  expect(
    turnsOf(
      'mardi 6 octobre 2026\n10:02 Zoé: Bonjour\n10:03 Luc: Salut\nmercredi 7 octobre 2026\n\n09:00 Zoé: Encore moi',
    ),
  ).toEqual([
    ['Zoé', 'Bonjour', '2026-10-06T10:02'],
    ['Luc', 'Salut', '2026-10-06T10:03'],
    ['Zoé', 'Encore moi', '2026-10-07T09:00'],
  ]);
});

test('a date within a message, and one above turns with a date of their own, stay words', () => {
  expect(turnsOf('10:02\tZoé\tWhen?\n10:03\tLuc\tI think\n2026-10-07\nor later')[1]?.[1]).toBe(
    'I think\n2026-10-07\nor later',
  );
  const dated = '17/10/2026, 14:32 - Zoé: Le jour ?\n2026-12-24\n17/10/2026, 14:33 - Luc: Oui';
  expect(turnsOf(dated)).toEqual([
    ['Zoé', 'Le jour ?\n2026-12-24', '2026-10-17T14:32'],
    ['Luc', 'Oui', '2026-10-17T14:33'],
  ]);
});
