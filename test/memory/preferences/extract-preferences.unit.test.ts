import { expect, test } from 'vitest';
import { extractPreferences } from '../../../functions/memory/preferences/extract-preferences.ts';
import { expectLinear, repeated } from '../../support/growth.ts';

test('extracts fields from free text, and nothing from questions and tasks', () => {
  expect(
    extractPreferences(
      'Build a shop. We use pnpm. Keep it short! I prefer tabs. I really love tests that read like prose. Do you like vim?',
    ).map(({ text: _, ...field }) => field),
  ).toEqual([
    { hub: 'preferences', field: 'tooling.packages', value: 'pnpm', strength: 'medium' },
    { hub: 'preferences', field: 'output.verbosity', value: 'brief', strength: 'medium' },
    { hub: 'preferences', field: 'coding.indentation', value: 'tabs', strength: 'medium' },
    {
      hub: 'preferences',
      field: 'extras.tests_that_read_like_prose',
      value: 'I really love tests that read like prose',
      strength: 'medium',
    },
  ]);
  expect(
    extractPreferences(
      'I work from Visby. I always use PostgreSQL. My time zone is Europe/Stockholm. I am a vegetarian.',
    ).map(({ hub, field, value, strength }) => [hub, field, value, strength]),
  ).toEqual([
    ['soft_identity', 'place', 'visby', 'medium'],
    ['preferences', 'coding.database', 'postgresql', 'strong'],
    ['operating_ctx', 'time_zone', 'europe/stockholm', 'medium'],
    ['soft_identity', 'food', 'vegetarian', 'medium'],
  ]);
});

// The rules read the first 20,000 characters of a text.
test.each(['I am a ', 'i live ', 'a', ' ', '. ', 'prefer ', 'we use ', '\n'])(
  'reads a text of nothing but %j in linear time',
  (piece) => expectLinear(extractPreferences, repeated(piece), 20_000 / 8),
);
