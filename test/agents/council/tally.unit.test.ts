import { describe, expect, it } from 'vitest';
import {
  dissentIn,
  endAfterRound,
  faultsOfGrouping,
  groupByPosition,
  isSamePosition,
  standingOf,
} from '../../../functions/agents/council/tally.ts';

const held = (agent: string, position: string, confidence = 0.5) => ({
  agent,
  position,
  confidence,
  statement: `${agent} says ${position}`,
});
const group = (label: string, ...agents: string[]) => ({ label, statement: label, agents });

describe('groupByPosition', () => {
  it('groups by position whatever its case and spaces, with the statement of the surest member', () => {
    const groups = groupByPosition([held('A', 'Yes'), held('B', 'No'), held('C', ' yes ', 0.9)]);
    expect(groups).toEqual([
      { label: ' yes ', statement: 'C says  yes ', agents: ['A', 'C'] },
      { label: 'No', statement: 'B says No', agents: ['B'] },
    ]);
    expect(isSamePosition('Wait  for\nfacts', 'wait for Facts')).toBe(true);
  });
});

describe('standingOf', () => {
  it('counts a silent member as one who agrees with nobody', () => {
    expect(standingOf([group('No', 'B'), group('Yes', 'A', 'C', 'D')], 5)).toEqual({
      positions: [group('Yes', 'A', 'C', 'D'), group('No', 'B')],
      score: 0.6,
      isTie: false,
    });
  });

  it('finds a tie of the largest, and none where nobody spoke', () => {
    expect(standingOf([group('Yes', 'A'), group('No', 'B')], 3)).toMatchObject({ score: 1 / 3, isTie: true });
    expect(standingOf([], 3)).toEqual({ positions: [], score: 0, isTie: false });
  });
});

describe('dissentIn', () => {
  const standing = (...positions: ReturnType<typeof group>[]) => standingOf(positions, 8);

  it('tells who holds something else than the winner, and of a tie what all hold', () => {
    expect(dissentIn(standing(group('Yes', 'A', 'B'), group('No', 'C')))).toBe('- “No” (C): No');
    expect(dissentIn(standing(group('Yes', 'A'), group('No', 'C')))).toBe('- “Yes” (A): Yes\n- “No” (C): No');
    expect(dissentIn(standing(group('Yes', 'A', 'B')))).toBeNull();
  });
});

describe('faultsOfGrouping', () => {
  it('accepts each member exactly once', () => {
    expect(faultsOfGrouping([group('Yes', 'A', 'C'), group('No', 'B')], ['A', 'B', 'C'])).toEqual([]);
  });

  it('names who is forgotten, repeated or unknown, and positions that nobody holds', () => {
    const faults = faultsOfGrouping([group('Yes', 'A', 'A', 'Z'), group('No')], ['A', 'B']);
    expect(faults).toEqual([
      'B is in no position',
      'A is in 2 positions',
      'Z gave no stance in this round',
      'nobody holds “No”',
    ]);
  });
});

describe('endAfterRound', () => {
  const council = { round: 1, rounds: 3, threshold: 0.8, hasInterjections: false };
  const of = (score: number, isTie = false) => ({ positions: [], score, isTie });

  it('ends at the threshold, and not below it', () => {
    expect(endAfterRound(of(0.8), council)).toBe('consensus');
    expect(endAfterRound(of(0.79), council)).toBeUndefined();
  });

  it('does not take a tie for a consensus', () => {
    expect(endAfterRound(of(0.5, true), { ...council, threshold: 0.5 })).toBeUndefined();
    expect(endAfterRound(of(0.5, false), { ...council, threshold: 0.5 })).toBe('consensus');
  });

  it('takes exactly the threshold of all members for a consensus, and one less for none', () => {
    const four = standingOf([group('Yes', 'A', 'B', 'C', 'D'), group('No', 'E', 'F', 'G'), group('Later', 'H')], 8);
    expect(endAfterRound(four, { ...council, threshold: 0.5 })).toBe('consensus');
    expect(endAfterRound(four, { ...council, threshold: 0.51 })).toBeUndefined();
    const halves = standingOf([group('Yes', 'A', 'B', 'C', 'D'), group('No', 'E', 'F', 'G', 'H')], 8);
    expect(endAfterRound(halves, { ...council, threshold: 0.5 })).toBeUndefined();
  });

  it('ends with the last round, by consensus when it was reached there', () => {
    expect(endAfterRound(of(0.4), { ...council, round: 3 })).toBe('rounds');
    expect(endAfterRound(of(1), { ...council, round: 3 })).toBe('consensus');
    expect(endAfterRound(of(0.5, true), { ...council, round: 3, threshold: 0.5 })).toBe('rounds');
  });

  it('holds another round for people who have spoken, but none after the last', () => {
    expect(endAfterRound(of(1), { ...council, hasInterjections: true })).toBeUndefined();
    expect(endAfterRound(of(1), { ...council, round: 3, hasInterjections: true })).toBe('consensus');
  });
});
