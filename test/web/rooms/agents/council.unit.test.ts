import { describe, expect, it } from 'vitest';
import {
  type Council,
  type CouncilLine,
  doingOf,
  type Round,
  resultOf,
  shortcutOf,
  waitsFor,
} from '../../../../web/rooms/agents/council/council.ts';

const round = (number: number, score: number | null, ...statuses: string[]) =>
  ({ round: number, score, stances: statuses.map((status) => ({ status })) }) as Round;
const council = (status: string, rest: object = {}) => ({ status, mode: 'deliberation', ...rest }) as Council;

describe('what a member without a stance does', () => {
  it.each([
    ['running', 'pending', 'Not asked yet'],
    ['paused', 'pending', 'Paused'],
    ['paused', 'running', 'Thinking'],
    ['running', 'running', 'Thinking'],
    ['cancelled', 'cancelled', 'No answer'],
    ['running', 'failed', undefined],
  ] as const)('in a council that is %s, one that is %s: %s', (status, state, word) => {
    expect(doingOf(council(status), { status: state })).toBe(word);
  });
});

describe('what members who have answered wait for', () => {
  it('waits for others while one of them has not answered, then for the chair, and for nothing while paused', () => {
    expect(waitsFor(council('running'), round(1, null, 'completed', 'running'))).toBe('others');
    expect(waitsFor(council('running'), round(1, null, 'completed', 'failed'))).toBe('chair');
    expect(waitsFor(council('running', { mode: 'vote' }), round(1, null, 'completed'))).toBeUndefined();
    expect(waitsFor(council('paused'), round(1, null, 'completed', 'pending'))).toBeUndefined();
    expect(waitsFor(council('running'), round(1, 0.5, 'completed', 'completed'))).toBeUndefined();
    // A round to which a person has spoken before it began.
    expect(waitsFor(council('running'), round(2, null))).toBeUndefined();
  });
});

describe('a council that was cut short', () => {
  it('says why, and after which round it stood so', () => {
    const held = [round(1, 0.5), round(2, null)];
    expect(shortcutOf(council('cancelled', { round: 2, held, outcome: {} }))).toBe(
      'A person stopped the council in round 2. This is how it stood after round 1, and no result.',
    );
    expect(shortcutOf(council('cost_exceeded', { round: 1, held: [round(1, null)], outcome: {} }))).toBe(
      'The budget was used up in round 1. This is what its members had said in round 1, and no result.',
    );
    expect(shortcutOf(council('failed', { round: 1, held: [round(1, null)], outcome: null }))).toBe(
      'The council failed in round 1. Nobody had answered, so there is no result.',
    );
    expect(shortcutOf(council('completed', { round: 2, held }))).toBeUndefined();
    expect(shortcutOf(council('paused', { round: 2, held }))).toBeUndefined();
  });
});

describe('what came of a council in a list', () => {
  it.each([
    ['vote', { winner: null, is_tie: true, score: 0.5 }, 'A tie at 50 %'],
    ['vote', { winner: 'Bees', is_tie: false, score: 0.5 }, 'Winner: Bees'],
    ['consensus', { winner: 'Bees', is_tie: false, score: 1 }, 'Winner: Bees'],
    ['rounds', { winner: 'Bees', is_tie: false, score: 0.6 }, 'Ahead: Bees'],
    [null, { winner: null, is_tie: false, score: null }, undefined],
  ] as const)('ended by %s with %o: %s', (ended_by, found, words) => {
    expect(resultOf({ ended_by, ...found } as CouncilLine)).toBe(words);
  });
});
