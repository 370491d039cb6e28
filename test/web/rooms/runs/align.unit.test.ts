import { describe, expect, test } from 'vitest';
import { fileChangesOf, moneyDifference, pairsOf } from '../../../../web/rooms/runs/compare/align.ts';

describe('the comparison of two runs', () => {
  test('pairs nodes by name and keeps those without a partner', () => {
    const pairs = pairsOf(['plan', 'backend', 'T001'], ['backend', 'plan', 'T002'], (name) => name);
    expect(pairs.map(({ a, b }) => [a, b])).toEqual([
      ['plan', 'plan'],
      ['backend', 'backend'],
      ['T001', undefined],
      [undefined, 'T002'],
    ]);
  });

  test('tells added, removed and changed files, by path', () => {
    const file = (path: string, sha256 = 'x') => ({ path, sha256, size: 1, updated_at: '2026-11-30T10:00:00Z' });
    const { changes, same } = fileChangesOf(
      [file('b'), file('c'), file('same')],
      [file('c', 'y'), file('same'), file('a')],
    );
    expect(changes.map(({ name, kind }) => [name, kind])).toEqual([
      ['a', 'added'],
      ['b', 'removed'],
      ['c', 'changed'],
    ]);
    expect(same).toBe(1);
  });

  test.each([
    ['0', '0.0000', 'same'],
    ['0.1', '0.3', '+$0.20'],
    ['1', '0.9999999999', '−$0.0000000001'],
    ['99999', '100000.5', '+$1.50'],
  ])('says how %s and %s differ, with all digits', (a, b, difference) => {
    expect(moneyDifference(a, b)).toBe(difference);
  });
});
