import { expect } from 'vitest';

/** Error lines of the running test, and those that it said would come. */
const unexpected: string[] = [];
const expected: { pattern: RegExp; seen: boolean }[] = [];

/** The running test causes an error line that matches; it fails when none comes. */
export function expectLoggedError(pattern: RegExp): void {
  expected.push({ pattern, seen: false });
}

export function noteLoggedError(text: string): void {
  const match = expected.find(({ pattern }) => pattern.test(text));
  if (match) match.seen = true;
  else unexpected.push(text);
}

/** Fails the test that logged an error it did not announce, or announced one that did not come. */
export function checkLoggedErrors(): void {
  const missing = expected.filter(({ seen }) => !seen).map(({ pattern }) => String(pattern));
  const noise = unexpected.splice(0);
  expected.length = 0;
  // The lines stand in the message itself: a report shows no more of a list than its length.
  expect(noise.length, `error lines that no test announced (expectLoggedError):\n${noise.join('\n')}`).toBe(0);
  expect(missing, 'announced error lines that did not come').toEqual([]);
}
