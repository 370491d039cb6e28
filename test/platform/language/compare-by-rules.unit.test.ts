import { describe, expect, it, test } from 'vitest';
import { compareByRules, wordsToLookFor } from '../../../functions/platform/language/compare-by-rules.ts';
import { beliefFigures, HALVES, readPairs } from '../../bench/memory/beliefs.ts';
import { expectLinear, repeated } from '../../support/growth.ts';

const relationOf = (known: string, fresh: string) => compareByRules(fresh, { id: 'mem', text: known })?.relation;

describe('a value of the same kind replaces a value', () => {
  it.each([
    ['The ferry ticket is 12 euros', 'The ferry ticket is €14'],
    ['The ferry ticket is 12.50 EUR', 'The ferry ticket is 13 EUR'],
    ['The draught is 4 m', 'The draught is 4.25 m'],
    ['The captain of the Skua is Ivo Lund', 'Correction: the captain of the Skua is Ada Berg.'],
    ['Update: the captain of the Skua is Ivo Lund', 'The captain of the Skua is Ada Berg'],
    ['The audit is on Tuesday', 'The audit is on Thursday'],
    ['The audit is on Tuesday', 'The audit has been postponed to 4 June'],
    ['My landlord is Mr. Ek', 'My landlord is Ms. Berg'],
    ['i live in visby', 'I live in Visby and work in Gotland'],
    ['i live in lisbon', 'i moved to porto'],
    ['The depot is in hall 3', 'The depot is in hall 8'],
    ['The queue url is https://q.example/a', 'The queue url is https://q.example/b'],
    ['The kiosk opens at 8', 'The kiosk opens at 9'],
    ['I report to Sigrid', 'I report to Ole'],
    ['Ola has about 3 goats', 'Ola has about 5 goats'],
    ['Our tracker is Jira', 'Our tracker is Linear'],
    ['My profession is welder', 'My profession is bus driver'],
    ['We use Gulp', 'We switched from Gulp to Vite'],
    ['We use Gulp', 'We use Vite instead of Gulp'],
    ['I work for Volvo', 'I left Volvo in May 2026'],
    ['I live in Lund. ', 'I no longer live in Lund. I live in Ystad now.'],
  ])('%j is over after %j', (known, fresh) => {
    expect(['contradict', 'refine']).toContain(relationOf(known, fresh));
  });

  it.each([
    ['The audit is on Tuesday', 'The audit is on schedule'],
    ['The audit is on Tuesday', 'The audit is on a Sunday for once'],
    ['The ferry ticket is 12 euros', 'The ferry ticket is 3 percent dearer'],
    ['My landlord is Mr. Ek', 'My landlord is Danish'],
    ['My landlord is Mr. Ek', 'My landlord is a retired pilot'],
    ['I live in Lisbon', 'I live in hope'],
    ['I moved to Lisbon', 'I moved to Notion'],
    ['I live in Lisbon in winter', 'I live in Porto in summer'],
    ['I work for Volvo', 'I also work for Saab'],
    ['I work for Volvo', 'I work for six hours'],
    ['Kim joined Volvo', 'Kim joined the rowing club'],
    ['Our tracker is Jira', 'Our tracker is painful'],
    ['The tram leaves at 8:10', 'The tram leaves at 8:30'],
    ['I have a call at 9', 'I have a call at 11'],
    ['Hall 3 has 20 seats', 'Hall 4 has 30 seats'],
    ['I own boat number 1', 'I own boat number 2'],
    ['We have pump 4', 'We have pump 5'],
    ['Ola owns house 1 in Molde', 'Ola owns house 2 in Molde'],
    ['We sold 3 boats', 'We sold 5 boats'],
    ['The screen is 60 cm wide', 'The screen is 40 cm high'],
    ['The ticket is 10 euros for adults', 'The ticket is 5 euros for children'],
    ['I have a canary', 'I have a tortoise'],
    ['I speak Sami', 'I speak Finnish'],
    ['She lives in Lund', 'She lives in Ystad'],
    ['The crane is 30 m high, the permit is valid until May', 'The crane is 40 m high'],
    ['I moved to Lund in 2019', 'I moved to Ystad in 2011'],
    ['I eat 🍎', 'I eat 🍐'],
    ['Jag bor i Lund', 'Jag bor i en liten stuga'],
    ['Mi jefe es Ana', 'Mi jefe es simpático'],
  ])('%j stays after %j', (known, fresh) => {
    expect(relationOf(known, fresh)).toBeUndefined();
  });
});

describe('a denial', () => {
  it.each([
    ['Ines carries an EpiPen', "Ines doesn't carry an EpiPen"],
    ['Ines teaches judo', 'Ines no longer teaches judo'],
    ['Ines teaches judo in Lund', 'Ines no longer teaches judo'],
    ['Ines smokes', 'Ines has quit smoking'],
    ['Ines plays the oboe', 'Ines gave up playing the oboe'],
    ['Ines drinks beer', 'Ines used to drink beer'],
    ['Ines ate whale', 'Ines never ate whale'],
    ['Ines eats whale', 'Ines never ate whale'],
    ['The crane is rented', "The crane isn't rented"],
    ["The invoice hasn't been paid yet", 'The invoice has been paid'],
    ['I have a boat', 'I have no boat'],
    ['I like opera', "I don't like opera anymore"],
    ['I love opera', 'I hate opera'],
    ['The gate is open', 'The gate is closed'],
    ['Always use tabs', 'Never use tabs'],
  ])('%j is over after %j', (known, fresh) => {
    expect(relationOf(known, fresh)).toBe('contradict');
  });

  it.each([
    ['Ines drank beer at the party', "Ines doesn't drink beer"],
    ['Ines worked at Volvo', 'Ines no longer works at Volvo'],
    ['Ines eats fish', "Ines doesn't eat fish on Mondays"],
    ['I eat meat', "I don't always eat meat"],
    ['Ines works at Saab', 'Ines no longer works at Volvo'],
    ['Ines is used to noise', 'Ines is not deaf'],
    ['Not only Ines sings', 'Ines sings'],
  ])('%j stays after %j', (known, fresh) => {
    expect(relationOf(known, fresh)).toBeUndefined();
  });

  it.each([
    ["Ines doesn't eat meat anymore", 'Ines no longer eats meat'],
    ['I never eat liver', 'I do not eat liver'],
  ])('%j is repeated by %j', (known, fresh) => {
    expect(relationOf(known, fresh)).toBe('repeat');
  });
});

describe('letter case', () => {
  it.each([
    ['My login is MaxM', 'My login is maxm'],
    ['The password is Key', 'The password is key'],
    ['The socket is /run/App.sock', 'The socket is /run/app.sock'],
    ['My mail is Ada.L@example.com', 'My mail is ada.l@example.com'],
    ['The license key is AB12-cd', 'The license key is AB12-CD'],
    ['My name is macleod', 'My name is MacLeod'],
  ])('%j is corrected by %j', (known, fresh) => {
    expect(relationOf(known, fresh)).toBe('contradict');
  });

  it.each([
    ['I love Jazz', 'I love jazz'],
    ['The port is 80', 'THE PORT IS 80'],
    ['My mail is ada@Example.com', 'My mail is ada@example.com'],
    ['My name is Ada', 'my name is ada'],
    ['We deploy with github', 'We deploy with GitHub'],
  ])('%j is repeated by %j', (known, fresh) => {
    expect(relationOf(known, fresh)).toBe('repeat');
  });
});

test('a continued sentence is a refinement only when a new part follows', () => {
  expect(relationOf('I eat oats every day', 'I eat oats every day because they are cheap')).toBe('refine');
  expect(relationOf('I eat oats every day because they are cheap', 'I eat oats every day')).toBe('repeat');
  expect(relationOf('We eat a lot of meat', 'We eat a lot of meat substitutes')).toBeUndefined();
});

test.each(HALVES)('no pair of %s loses a fact that is still true', (half) => {
  const judged = readPairs(half).map((pair) => {
    const relation = relationOf(pair.known, pair.fresh);
    const outcome = relation === undefined ? 'unrelated' : relation === 'repeat' ? 'same' : 'supersedes';
    return { ...pair, outcome } as const;
  });
  const { wrong: _, ...figures } = beliefFigures(judged);
  expect(figures).toMatchObject({ pairs: 150, false_supersession: 0, false_same: 0 });
  expect(figures.missed_supersession).toBeLessThan(10);
});

test('adds the other words of the same question to a search', () => {
  expect(wordsToLookFor('I moved to Lund')).toContain('live');
  expect(wordsToLookFor('I like Lund')).toBe('I like Lund');
});

test.each(['is ', 'not ', 'I live in ', 'A. ', '$1 ', 'stop ing ', ', ', '@', '9 ', 'and ', 'used to '])(
  'compares a text of nothing but %j in linear time',
  (piece) => expectLinear((text) => compareByRules(text, { id: '', text: `${text}b` }), repeated(piece), 4000 / 8),
);
