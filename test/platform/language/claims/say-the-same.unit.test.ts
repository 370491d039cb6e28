import { describe, expect, it, test } from 'vitest';
import { calibrationOf } from '../../../../functions/platform/language/claims/calibrations.ts';
import { readForComparison } from '../../../../functions/platform/language/claims/relate.ts';
import { sayTheSame } from '../../../../functions/platform/language/claims/say-the-same.ts';
import { duplicateJudge, figuresOf } from './figures.ts';
import { embeddedVectors, readNeuralVectors } from './labelled-pairs.ts';

const SCALE = calibrationOf('feature-hashing-v1');
const samenessOf = (one: string, other: string) =>
  sayTheSame(readForComparison(one), readForComparison(other), 0.6, SCALE);

describe('reworded claims say the same', () => {
  it.each([
    ['Releases go out every Tuesday.', 'We release each Tuesday.'],
    ['The API listens on port 8080.', 'Port 8080 is what the API listens on.'],
    ['Dana is the tech lead of the billing team', "The billing team's tech lead is Dana"],
    ['Invoices are sent by Dana.', 'Dana sends the invoices.'],
    ['The deploy key is rotated every 90 days.', 'We rotate the deploy key every 90 days.'],
    ['The design review meets on Wednesday at 3 pm', 'On Wednesday at 3 pm we meet for the design review'],
    ['Support is closed on Sundays.', 'On Sundays support is not open.'],
    ["Ada's manager is Grace.", "Grace is Ada's manager."],
    ['Der Server steht in Köln.', 'In Köln steht der Server.'],
    ['The gate is locked at night. It is cold.', 'It is cold. At night the gate is locked.'],
  ])('%s / %s', (one, other) => {
    expect(samenessOf(one, other)).toBe('reworded');
    expect(samenessOf(other, one)).toBe('reworded');
  });
});

test('the same words differ in signs and letter case at most', () => {
  expect(samenessOf('The gate is locked at night.', 'the gate is locked, at night')).toBe('same_words');
});

describe('claims that are nearly the same do not say the same', () => {
  it.each([
    ['The API listens on port 8080.', 'Port 8081 is what the API listens on.'],
    ['The API runs on staging.', 'The API runs on production.'],
    ['We deploy to staging on Mondays.', 'On Mondays we deploy to production.'],
    ['Releases go out every Tuesday.', 'We release each Thursday.'],
    ['Releases go out every Tuesday.', 'We never release on Tuesday.'],
    ['Dana is the tech lead of the billing team', "The search team's tech lead is Dana"],
    ['Dana is the tech lead of the billing team', "The billing team's tech lead is Maria"],
    ['Dana is the tech lead of the billing team', 'Dana was the tech lead of the billing team'],
    ['The road is long.', 'Wide is the road.'],
    ['The user uses Vim.', 'The user dislikes Vim.'],
    ['The user prefers tabs.', 'The user prefers tabs in Go files.'],
    ['The gateway retries failed requests', 'The gateway logs the failed requests in a table'],
    ['Alice manages Bob.', 'Bob manages Alice.'],
    ['Service A calls service B.', 'Service B calls service A.'],
    ["Ada's manager is Grace.", "Grace's manager is Ada."],
    ['Dana reports to Maria.', 'Maria reports to Dana.'],
    ['Invoices are sent by Dana.', 'Invoices are sent to Dana.'],
    ['Tests run before the deploy.', 'Tests run after the deploy.'],
    ['The user prefers tea over coffee.', 'The user prefers coffee over tea.'],
    ['Passwords have at least 12 characters.', 'Passwords have at most 12 characters.'],
    ['Users may export data.', 'Users must export data.'],
    ['Some users can delete projects.', 'All users can delete projects.'],
    ['Admins can delete projects.', 'Only admins can delete projects.'],
    ['We sponsor the conference.', 'They sponsor the conference.'],
    ['I live in Berlin.', 'Maya lives in Berlin.'],
    ['The north door is locked. It is cold.', 'The north door is locked. It is warm.'],
    ['Is the gate locked at night?', 'The gate is locked at night.'],
  ])('%s / %s', (one, other) => {
    expect(samenessOf(one, other)).toBeUndefined();
    expect(samenessOf(other, one)).toBeUndefined();
  });
});

test('of a text that is too long to read only the same words say the same', () => {
  const long = `${'The gate is locked at night. '.repeat(80)}The lift is open.`;
  expect(samenessOf(long, long)).toBe('same_words');
  expect(samenessOf(long, long.replace('The lift is open', 'The lift is closed'))).toBeUndefined();
});

test('on the judging half proposes 7 of 10 duplicates, and little else', async () => {
  for (const { model, vectorOf } of [readNeuralVectors(), await embeddedVectors()]) {
    const { agree } = figuresOf('judging', duplicateJudge(vectorOf, calibrationOf(model)));
    expect(agree.precision, `${model}: precision`).toBeGreaterThanOrEqual(0.9);
    expect(agree.recall, `${model}: recall`).toBeGreaterThanOrEqual(0.7);
  }
});
