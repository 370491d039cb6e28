import { describe, expect, test } from 'vitest';
import {
  factsOf,
  fileChangesOf,
  moneyDifference,
  pairsOf,
  type Run,
} from '../../../../web/rooms/runs/compare/align.ts';

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

  test('does not count what a replay kept as a difference of turns or of time', () => {
    const run = (nodes: { id: string; turns: number; is_kept: boolean }[], seconds: number) =>
      ({
        status: 'completed',
        graph: { nodes: nodes.map((node) => ({ ...node, provider: null, model: null })) },
        cost_usd: '0',
        budget_usd: null,
        tokens: { total: 0 },
        started_at: '2026-11-30T10:00:00Z',
        completed_at: new Date(Date.UTC(2026, 10, 30, 10, 0, seconds)).toISOString(),
      }) as unknown as Run;
    const first = run(
      [
        { id: 'plan', turns: 7, is_kept: false },
        { id: 'T001', turns: 3, is_kept: false },
      ],
      50,
    );
    const replay = run(
      [
        { id: 'plan', turns: 0, is_kept: true },
        { id: 'T001', turns: 5, is_kept: false },
      ],
      20,
    );
    const differences = (a: Run, b: Run) =>
      factsOf(a, b, 0).flatMap(({ label, difference }) => (['Turns', 'Duration'].includes(label) ? [difference] : []));
    expect(differences(first, replay)).toEqual([undefined, '+2']);
    expect(differences(replay, first)).toEqual([undefined, '−2']);
    expect(differences(first, run([{ id: 'plan', turns: 8, is_kept: false }], 20))).toEqual(['−30 s', '−2']);
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
