import { describe, expect, test } from 'vitest';
import { isConsoleBuilt } from '../../scripts/build-console.ts';
import { sumOf, WEIGHT_BUDGETS, type Weights, weighConsole } from './support/weight.ts';

/** In CI the build is there before the tests, so a missing build fails. */
const isBuilt = isConsoleBuilt();
const isSkipped = !isBuilt && !process.env.CI;
const why = isSkipped ? ' (skipped: web/dist is not of the present sources; npm run build:web)' : '';
const kilobytes = (bytes: number) => `${bytes / 1000} kB`;

describe.skipIf(isSkipped)(`the weight of the console${why}`, () => {
  const budgets = WEIGHT_BUDGETS;
  const nothing: Weights = { entry: [], pages: [], lazyChunks: [], styles: [], preloadedFonts: [] };
  const { entry, pages, lazyChunks, styles, preloadedFonts } = isBuilt ? weighConsole() : nothing;

  test('web/dist is a build of the present sources', () => {
    expect(isBuilt, 'npm run build:web').toBe(true);
    expect(entry.length).toBeGreaterThan(0);
  });

  test(`the entry has at most ${kilobytes(budgets.entry)}`, () => {
    expect(sumOf(entry), JSON.stringify(entry, undefined, 2)).toBeLessThanOrEqual(budgets.entry);
  });

  test(`the entry and any first page have at most ${kilobytes(budgets.entryAndPage)} together`, () => {
    expect(pages.length).toBeGreaterThan(0);
    expect(pages.filter(({ bytes }) => bytes > budgets.entryAndPage)).toEqual([]);
  });

  test(`no chunk that is loaded later has more than ${kilobytes(budgets.lazyChunk)}`, () => {
    expect(lazyChunks.filter(({ bytes }) => bytes > budgets.lazyChunk)).toEqual([]);
  });

  test(`all styles have at most ${kilobytes(budgets.allStyles)}, preloaded fonts ${kilobytes(budgets.preloadedFonts)}`, () => {
    expect(styles.length).toBeGreaterThan(0);
    expect(sumOf(styles)).toBeLessThanOrEqual(budgets.allStyles);
    expect(preloadedFonts.length).toBeGreaterThan(0);
    expect(sumOf(preloadedFonts)).toBeLessThanOrEqual(budgets.preloadedFonts);
  });
});
