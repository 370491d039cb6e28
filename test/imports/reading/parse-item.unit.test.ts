import { expect, test } from 'vitest';
import { parseItem } from '../../../functions/imports/reading/parse-item.ts';

test('keeps a number that would lose digits as text, and says so', () => {
  expect(parseItem('{"id": 12345678901234567890, "at": 1.5, "big": 1e400, "fraction": 0.1234567890123456789}')).toEqual(
    {
      value: { id: '12345678901234567890', at: 1.5, big: '1e400', fraction: '0.1234567890123456789' },
      notes: ['The numbers 12345678901234567890, 1e400, 0.1234567890123456789 would lose digits; they are text here.'],
    },
  );
  expect(parseItem('[0.12345678901234568, 1e22, -1730541600.123456, 9007199254740991]')?.notes).toEqual([]);
});

test('says that a character was replaced, in a value or in the name of a field', () => {
  for (const text of ['"a\\u0000b"', '{"\\u0000": 1}', '"half \\ud83d"'])
    expect(parseItem(text)?.notes).toEqual([expect.stringContaining('A character that cannot be stored')]);
  expect(parseItem('"a\\u0000b"')?.value).toBe('a␀b');
  expect(parseItem('"\\ud83c\\udff0 \\\\u0000 \\u00e9"')).toEqual({ value: '🏰 \\u0000 é', notes: [] });
  expect(parseItem('{"a": NaN}')).toBeUndefined();
});
