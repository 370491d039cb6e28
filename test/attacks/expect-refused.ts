import { expect } from 'vitest';
import type { Answer } from '../support/server.ts';
import { describeProblemFault } from './every-endpoint.ts';

/** Expects a problem without internal details, which is not cached and does not redirect. */
export function expectRefused(answer: Answer, status: number | number[]): void {
  expect.soft([status].flat()).toContain(answer.status);
  expect.soft(describeProblemFault(answer)).toBeUndefined();
  expect.soft(answer.headers.get('cache-control')).toBe('private, no-store');
  expect.soft(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect.soft(answer.headers.get('location')).toBeNull();
}
