import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type DiffFold, type DiffRow, diffOf, folded, pairsOf, wordsOf } from '../../../web/parts/diff-rows.ts';

const timeout = 10_000;
const textOf = (rows: DiffRow[], without: DiffRow['kind']): string[] =>
  rows.filter(({ kind }) => kind !== without).map(({ pieces }) => pieces.map(([text]) => text).join(''));
const none: ReadonlySet<number> = new Set();

it('marks changed words inside a changed line', () => {
  const { rows, added, removed } = diffOf({
    before: 'a\nthe old sentence\nb',
    after: 'a\nthe new sentence\nb\n',
    timeout,
  });
  expect({ added, removed }).toEqual({ added: 1, removed: 1 });
  expect(rows).toMatchObject([
    { kind: 'same', oldLine: 1, newLine: 1 },
    {
      kind: 'removed',
      oldLine: 2,
      newLine: undefined,
      pieces: [
        ['the ', false],
        ['old', true],
        [' sentence', false],
      ],
    },
    {
      kind: 'added',
      oldLine: undefined,
      newLine: 2,
      pieces: [
        ['the ', false],
        ['new', true],
        [' sentence', false],
      ],
    },
    { kind: 'same', oldLine: 3, newLine: 3 },
  ]);
});

it('marks no words in lines that share nothing', () => {
  const { rows } = diffOf({ before: 'alpha beta', after: 'gamma delta', timeout });
  expect(rows.flatMap(({ pieces }) => pieces)).toEqual([
    ['alpha beta', false],
    ['gamma delta', false],
  ]);
});

it('contains both texts', () => {
  const text = fc.array(fc.constantFrom('a', 'b b', 'c\r', '', 'd')).map((lines) => lines.join('\n'));
  const linesOf = (value: string): string[] => {
    const unified = value.replace(/\r\n?/g, '\n').replace(/\n$/, '');
    return value === '' ? [] : unified.split('\n');
  };
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { rows } = diffOf({ before, after, timeout });
      expect(textOf(rows, 'added')).toEqual(linesOf(before));
      expect(textOf(rows, 'removed')).toEqual(linesOf(after));
      const words = wordsOf(before, after);
      expect(
        words
          .filter(({ kind }) => kind !== 'added')
          .map((word) => word.text)
          .join(''),
      ).toBe(before);
      expect(
        words
          .filter(({ kind }) => kind !== 'removed')
          .map((word) => word.text)
          .join(''),
      ).toBe(after);
    }),
  );
});

it('folds unchanged runs but for three lines beside a change', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const { rows } = diffOf({ before: lines.join('\n'), after: lines.with(15, 'other').join('\n'), timeout });
  const shown = folded(rows, none);
  expect(shown.map((row) => (row.kind === 'fold' ? row.count : row.kind))).toEqual([
    12,
    ...['same', 'same', 'same', 'removed', 'added', 'same', 'same', 'same'],
    11,
  ]);
  const first = shown[0] as DiffFold;
  expect(folded(rows, new Set([first.at]))).toHaveLength(12 + 9);
  const all = shown.flatMap((row) => (row.kind === 'fold' ? rows.slice(row.at, row.at + row.count) : [row]));
  expect(all).toEqual(rows);
});

it('folds equal texts to one line', () => {
  const text = 'a\n'.repeat(100);
  expect(folded(diffOf({ before: text, after: text, timeout }).rows, none)).toEqual([
    { kind: 'fold', at: 0, count: 100 },
  ]);
});

it('puts removed lines beside added ones', () => {
  const { rows } = diffOf({ before: 'a\nb\nc\n', after: 'x\nc\n', timeout });
  expect(
    pairsOf(rows).map((pair) => (pair.kind === 'pair' ? [pair.left?.oldLine, pair.right?.newLine] : pair)),
  ).toEqual([
    [1, 1],
    [2, undefined],
    [3, 2],
  ]);
});

it('shows texts that are too different as removed and added', () => {
  const text = (name: string): string => Array.from({ length: 20_000 }, (_, line) => `${name} ${line}`).join('\n');
  const diff = diffOf({ before: text('a'), after: text('b'), timeout: 1 });
  expect(diff).toMatchObject({ isWhole: true, added: 20_000, removed: 20_000 });
});
