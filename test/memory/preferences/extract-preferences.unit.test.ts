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

const read = (text: string) => extractPreferences(text).map(({ field, value }) => `${field}=${value}`);

test.each([
  ["We don't use MariaDB anymore.", ['coding.database=not mariadb']],
  ['Please do not reply in Dutch.', ['output.language=not dutch']],
  ['Stop answering in Polish.', ['output.language=not polish']],
  ['I no longer use Emacs.', ['environment.editor=not emacs']],
  ['Avoid using Angular, please.', ['coding.framework=not angular']],
  ['I dislike PHP.', ['coding.language=not php']],
  ['Never use spaces.', ['coding.indentation=not spaces']],
  ['Use bun instead of yarn.', ['tooling.packages=bun']],
  ['Instead of React we use Vue.', ['coding.framework=vue']],
  ['I prefer not to use Django.', ['coding.framework=not django']],
  ['Rather than use pip, use uv.', ['tooling.packages=uv']],
  ["I don't use Ruby but I use Kotlin.", ['coding.language=kotlin']],
  ["Don't forget to use pnpm.", ['tooling.packages=pnpm']],
  ['Use spaces, not tabs.', ['coding.indentation=spaces']],
  ['No bullet points please.', ['output.format=prose']],
  ["Don't be formal.", ['output.tone=not formal']],
  ["We use pip. Later: we don't use pip anymore.", ['tooling.packages=not pip']],
  ['I never work on Sundays.', ['extras.never_work_on_sundays=I never work on Sundays']],
])('hears the denial in %j', (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each([
  'They use React.',
  'Our customers use Vue apps.',
  'If you use Django, add tests.',
  'Explain how to use Flask.',
  'I used to use Vim.',
  'My time zone is not CET.',
  "Don't ask visitors for a phone number.",
  "I don't live in Visby anymore.",
  'I live alone and work from home.',
  "I'm a bit tired.",
  'I am not vegan.',
])('hears no preference in %j', (text) => {
  expect(read(text)).toEqual([]);
});

test.each([
  ['We use express shipping for parcels.', []],
  ['We use express delivery, and the page shows it.', []],
  ['We use Express for the API.', ['coding.framework=express']],
  ['We use windows of 30 minutes.', []],
  ['I am on Windows.', ['environment.system=windows']],
  ['We use yarn to knit.', []],
  ['We like angular shapes.', ['extras.angular_shapes=We like angular shapes']],
  ['We use yarn.', ['tooling.packages=yarn']],
  ['We use cursor keys to scroll.', []],
  ['I use Cursor as my editor.', ['environment.editor=cursor']],
  ['We prefer Go for the backend.', ['coding.language=go']],
])('a word with an ordinary meaning needs a technical context: %j', (text, expected) => {
  expect(read(text)).toEqual(expected);
});
