import { expect } from 'vitest';

/** Error lines of the running test that it did not announce, and the announced ones. */
const unexpected: string[] = [];
const expected: { pattern: RegExp; seen: boolean }[] = [];

/** Announces that the running test logs a matching error. The test fails when it does not. */
export function expectLoggedError(pattern: RegExp): void {
  expected.push({ pattern, seen: false });
}

export function noteLoggedError(text: string): void {
  const match = expected.find(({ pattern }) => pattern.test(text));
  if (match) match.seen = true;
  else unexpected.push(text);
}

/** Fails the running test when it logged an unannounced error, or did not log an announced error. */
export function checkLoggedErrors(): void {
  const missing = expected.filter(({ seen }) => !seen).map(({ pattern }) => String(pattern));
  const noise = unexpected.splice(0);
  expected.length = 0;
  // The message contains the lines, because a report shows only the length of a list.
  expect(noise.length, `unannounced error lines (announce them with expectLoggedError):\n${noise.join('\n')}`).toBe(0);
  expect(missing, 'announced error lines that were not logged').toEqual([]);
}
