import { expect, test } from 'vitest';
import { dayIn, daysOf, faultOf, periodIn } from '../../../../web/rooms/usage/period.ts';

const TODAY = '2026-03-01';

test('reads a length or a range from the address, else the last 30 days', () => {
  expect(periodIn({ days: '7' }, TODAY)).toEqual({ from: '2026-02-23', to: TODAY, days: 7 });
  expect(periodIn({ from: '2026-02-27', to: '2026-02-28' }, TODAY)).toEqual({ from: '2026-02-27', to: '2026-02-28' });
  for (const query of [{}, { days: '8' }, { days: ['7'] }, { from: '2026-02-27' }, { from: '2026-02-30x', to: TODAY }])
    expect(periodIn(query, TODAY)).toEqual({ from: '2026-01-31', to: TODAY, days: 30 });
});

test('refuses a range that the server would refuse', () => {
  expect(faultOf('2026-02-28', '2026-02-28')).toBeUndefined();
  expect(faultOf('2026-03-01', '2026-02-28')).toBe('order');
  expect(faultOf('', '2026-02-28')).toBe('missing');
  expect(faultOf('2026-02-31', '2026-03-31')).toBe('missing');
  expect(faultOf('2025-12-01', '2026-03-02')).toBeUndefined();
  expect(faultOf('2025-12-01', '2026-03-03')).toBe('long');
});

test('counts days of the calendar, also where a clock changes', () => {
  expect(daysOf('2026-02-27', '2026-03-02')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
  expect(dayIn(Date.parse('2026-02-28T23:30:00Z'), 'Europe/Athens')).toBe('2026-03-01');
});
