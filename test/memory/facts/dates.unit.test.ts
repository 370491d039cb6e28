import { describe, expect, test } from 'vitest';
import { validFromOf, withAbsoluteDates } from '../../../functions/memory/facts/dates.ts';
import { expectLinear, repeated } from '../../support/growth.ts';

/** A Tuesday; in some time zones it is Wednesday already. */
const SAID_AT = '2026-05-05T23:30:00.000Z';

describe('withAbsoluteDates', () => {
  test.each([
    ['We met yesterday.', 'We met on 2026-05-04.'],
    ['Today we chose Vue; Tomorrow we start.', 'on 2026-05-05 we chose Vue; on 2026-05-06 we start.'],
    ['We start tomorrow at 9:00.', 'We start on 2026-05-06 at 9:00.'],
    ['It broke the day before yesterday.', 'It broke on 2026-05-03.'],
    ['It is due the day after tomorrow.', 'It is due on 2026-05-07.'],
    ['It broke 3 days ago.', 'It broke on 2026-05-02.'],
    ['It broke 120 days ago.', 'It broke on 2026-01-05.'],
    ['We met two weeks ago.', 'We met around 2026-04-21.'],
    ['We moved 3 months ago.', 'We moved in 2026-02.'],
    ['We moved a year ago.', 'We moved in 2025.'],
    ['Last month we grew, this month we rest.', 'in 2026-04 we grew, in 2026-05 we rest.'],
    ['It ends next month, or next year.', 'It ends in 2026-06, or in 2027.'],
    ['It began this year, not last year.', 'It began in 2026, not in 2025.'],
    ['We met last Friday.', 'We met on 2026-05-01.'],
    ['We met on this Thursday.', 'We met on 2026-05-07.'],
    ['Open since yesterday, until tomorrow.', 'Open since 2026-05-04, until 2026-05-06.'],
    ['It grew in the last year.', 'It grew in 2025.'],
    ["Yesterday's build is broken.", "2026-05-04's build is broken."],
    ['From yesterday to today.', 'From 2026-05-04 to 2026-05-05.'],
  ])('%j becomes %j', (text, expected) => {
    expect(withAbsoluteDates(text, SAID_AT)).toBe(expected);
  });

  test.each([
    'We met on 2026-05-04, in May 2023 and on 3 March 2024.',
    'Deployments happen on Tuesdays and never on Fridays.',
    'The team meets every last Friday.',
    'The team meets every second Monday.',
    'Next Friday we ship.',
    'Backups are kept for 30 days, version 2.10.3 uses ports 3/4.',
    'The standup is at 9:00 and now it may march on.',
    'The sun is up; Sat down on Mon.',
    'We meet in May.',
  ])('%j does not change', (text) => {
    expect(withAbsoluteDates(text, SAID_AT)).toBe(text);
  });

  test('counts from the last day of a long month', () => {
    expect(withAbsoluteDates('next month, last month', '2026-01-31T12:00:00Z')).toBe('in 2026-02, in 2025-12');
    expect(withAbsoluteDates('last month', '2026-03-31T12:00:00Z')).toBe('in 2026-02');
  });
});

describe('validFromOf', () => {
  test.each([
    ['I live in Berlin since 2026-03-02.', '2026-03-02T00:00:00.000Z'],
    ['Since 2026-03-02T10:00:00Z it runs.', '2026-03-02T00:00:00.000Z'],
    ['As of the 1 June 2025 it is closed.', '2025-06-01T00:00:00.000Z'],
    ['Effective March 3, 2024 it costs more.', '2024-03-03T00:00:00.000Z'],
    ['Closed starting Mar 3 2024.', '2024-03-03T00:00:00.000Z'],
    ['She leads it since March 2024.', '2024-03-01T00:00:00.000Z'],
    ['She leads it since 2019.', '2019-01-01T00:00:00.000Z'],
    ['Open from 2024-05-01 to 2024-06-01.', '2024-05-01T00:00:00.000Z'],
    ['From home, since 3rd of March 2024.', '2024-03-03T00:00:00.000Z'],
    ['Closed since last Friday.', '2026-05-01T00:00:00.000Z'],
    ['Closed since yesterday.', '2026-05-04T00:00:00.000Z'],
    ['Closed since the day before yesterday.', '2026-05-03T00:00:00.000Z'],
    ['Closed since last month.', '2026-04-01T00:00:00.000Z'],
    // A plan is true from its day on.
    ['From June 2026 on it is closed.', '2026-06-01T00:00:00.000Z'],
    ['Starting tomorrow I work at Beta.', '2026-05-06T00:00:00.000Z'],
    ['Starting next Monday I work at Beta.', '2026-05-11T00:00:00.000Z'],
    ['From Thursday on, the port is 9000.', '2026-05-07T00:00:00.000Z'],
    ['Effective next month the rent is 900.', '2026-06-01T00:00:00.000Z'],
    ['I am on leave starting next week.', '2026-05-11T00:00:00.000Z'],
    ['The office is in Rome as of 2027-03.', '2027-03-01T00:00:00.000Z'],
    ['Starting in March 2027 I live in Oslo.', '2027-03-01T00:00:00.000Z'],
    ['Beginning in two weeks I work at Beta.', '2026-05-19T00:00:00.000Z'],
    // Years.
    ['I sail since about 2010.', '2010-01-01T00:00:00.000Z'],
    ['I sail since early 2020.', '2020-01-01T00:00:00.000Z'],
    ['Anna leads the team since 2019 and is happy.', '2019-01-01T00:00:00.000Z'],
    ['Since 2019 I work at Acme.', '2019-01-01T00:00:00.000Z'],
    ['From 1999 to 2005 I worked at Acme.', '1999-01-01T00:00:00.000Z'],
    ['I sail since 2019-04, mostly.', '2019-04-01T00:00:00.000Z'],
    ['Closed since 2024/03/04.', '2024-03-04T00:00:00.000Z'],
  ])('%j is true since %s', (text, day) => {
    expect(validFromOf(text, SAID_AT)).toBe(day);
  });

  test.each([
    'I live in Berlin.',
    'On 2026-03-02 I moved.',
    'Since 2027-01-01.',
    'Since 2026-02-30.',
    'Since May it is warm.',
    'Since 05/06/2024.',
    'From 1024 bytes to 9000.',
    'From noon until now, since 5 minutes ago.',
    'Since forever, from A to B.',
    // Numbers that are no years.
    'The limit is 2500 dollars, up from 2000 dollars.',
    'The limit is 2500 now, up from 2000.',
    'The rent rose from 1900.',
    'The price changed from 1999 to 2005.',
    'We raised the limit from 1950 to 2050 files.',
    'Tickets cost from 2000 euros.',
    'Plans starting from 2000 €.',
    'It holds from 1999 to 2005 items.',
    'We moved from 1984 to 2001.',
    'Since 2000 users joined, it is slow.',
    'We upgraded from 2019.2 to 2022.1.',
    'It is open from 2000 hours.',
    'Call me from 2025 550 199.',
    'I read from 1984 pages.',
    'I earn from 1900 to 2000.',
    'Pay from about 2000 euros.',
    'Files from 2000-3000 bytes, from 2000kB, from 1999:30.',
    // Periods that were planned before, and words that look back.
    'I am on leave from 20 to 24 December 2026.',
    'I am on leave from 2026-12-20 to 2026-12-24.',
    'Open from Monday to Friday.',
    'The report from Monday is late.',
    'Closed until March 2027, valid until 2030.',
    'I live in room 1984 and was born in 1984.',
  ])('%j is true since it was said', (text) => {
    expect(validFromOf(text, SAID_AT)).toBe(SAID_AT);
  });
});

describe('the offset of the time', () => {
  const morning = '2026-03-01T08:00:00+09:00';
  test.each([
    ['It began today, not yesterday.', morning, 'It began on 2026-03-01, not on 2026-02-28.'],
    ['It began today.', '2026-03-01T23:30:00-08:00', 'It began on 2026-03-01.'],
    ['It began last month.', morning, 'It began in 2026-02.'],
    ['It ends next month.', '2026-02-01T00:30:00+09:00', 'It ends in 2026-03.'],
  ])('decides the day of %j, said at %s', (text, saidAt, expected) => {
    expect(withAbsoluteDates(text, saidAt)).toBe(expected);
  });

  test.each([
    ['Closed since yesterday.', morning, '2026-02-28T00:00:00.000+09:00'],
    ['Closed starting tomorrow.', '2026-03-01T23:30:00-08:00', '2026-03-02T00:00:00.000-08:00'],
    ['Closed since yesterday.', '0001-01-01T12:00:00Z', '0001-01-01T12:00:00Z'],
    ['Closed starting tomorrow.', '9999-12-31T12:00:00Z', '9999-12-31T12:00:00Z'],
  ])('decides since when %j is true, said at %s', (text, saidAt, expected) => {
    expect(validFromOf(text, saidAt)).toBe(expected);
  });
});

test.each([
  'since ',
  'from 2000 to 2000 ',
  'starting next week ',
  'raised up ',
  'from the ',
  'last ',
  '3 ',
  'the day before ',
  'ago ',
])('reads a text of nothing but %j in linear time', (piece) =>
  expectLinear((text) => validFromOf(withAbsoluteDates(text, SAID_AT), SAID_AT), repeated(piece), 4000 / 8),
);
