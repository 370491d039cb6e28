import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CONSOLE_FOLDER, isConsoleBuilt } from '../../scripts/build-console.ts';

/** Budgets of the console in bytes after Brotli. A test names the chunks, so that the report shows what is heavy. */
const ENTRY = 60_000;
const ENTRY_AND_PAGE = 120_000;
const LAZY_CHUNK = 60_000;
const ALL_STYLES = 12_000;
const PRELOADED_FONT = 31_000;

const Manifest = z.record(
  z.string(),
  z.object({
    file: z.string(),
    src: z.string().optional(),
    isEntry: z.boolean().optional(),
    isDynamicEntry: z.boolean().optional(),
    imports: z.array(z.string()).default([]),
    css: z.array(z.string()).default([]),
  }),
);

/** In CI the build is there before the tests, so a missing build fails. */
const isBuilt = isConsoleBuilt();
const isSkipped = !isBuilt && !process.env.CI;
const why = isSkipped ? ' (skipped: web/dist is not of the present sources; npm run build:web)' : '';

describe.skipIf(isSkipped)(`the weight of the console${why}`, () => {
  const read = (file: string) => readFileSync(join(CONSOLE_FOLDER, file));
  const weights = new Map<string, number>();
  const weightOf = (file: string) => {
    const weight = weights.get(file) ?? brotliCompressSync(read(file)).length;
    weights.set(file, weight);
    return weight;
  };
  const manifest = isBuilt ? Manifest.parse(JSON.parse(read('.vite/manifest.json').toString())) : {};
  const chunks = Object.entries(manifest).filter(([, { file }]) => file.endsWith('.js'));

  /** Returns the files of a chunk and of all that it imports at once. */
  function filesOf(name: string, seen = new Set<string>()): string[] {
    const chunk = manifest[name];
    if (chunk === undefined || seen.has(name)) return [];
    seen.add(name);
    return [chunk.file, ...chunk.imports.flatMap((imported) => filesOf(imported, seen))];
  }
  const sum = (files: string[]) => [...new Set(files)].reduce((bytes, file) => bytes + weightOf(file), 0);
  const entry = chunks.filter(([, { isEntry }]) => isEntry).flatMap(([name]) => filesOf(name));

  test('web/dist is a build of the present sources', () => {
    expect(isBuilt, 'npm run build:web').toBe(true);
    expect(entry.length).toBeGreaterThan(0);
  });

  test(`the entry has at most ${ENTRY / 1000} kB`, () => {
    expect(sum(entry), entry.map((file) => `${file}: ${weightOf(file)}`).join('\n')).toBeLessThanOrEqual(ENTRY);
  });

  test(`the entry and any first page have at most ${ENTRY_AND_PAGE / 1000} kB together`, () => {
    const pages = chunks.filter(([, { src, isDynamicEntry }]) => isDynamicEntry && src?.endsWith('.vue'));
    expect(pages.length).toBeGreaterThan(0);
    const heavy = pages
      .map(([name]) => ({ name, bytes: sum([...entry, ...filesOf(name)]) }))
      .filter(({ bytes }) => bytes > ENTRY_AND_PAGE);
    expect(heavy).toEqual([]);
  });

  test(`no chunk that is loaded later has more than ${LAZY_CHUNK / 1000} kB`, () => {
    const heavy = chunks
      .filter(([, { file }]) => !entry.includes(file))
      .map(([name, { file }]) => ({ name, bytes: weightOf(file) }))
      .filter(({ bytes }) => bytes > LAZY_CHUNK);
    expect(heavy).toEqual([]);
  });

  test(`all styles have at most ${ALL_STYLES / 1000} kB, and the preloaded fonts ${PRELOADED_FONT / 1000} kB`, () => {
    const styles = Object.values(manifest).flatMap(({ css, file }) => (file.endsWith('.css') ? [file, ...css] : css));
    expect(styles.length).toBeGreaterThan(0);
    expect(sum(styles)).toBeLessThanOrEqual(ALL_STYLES);
    const preloaded = [
      ...read('index.html')
        .toString()
        .matchAll(/rel="preload"[^>]*?href="\/([^"]+)"/gs),
    ];
    const fonts = preloaded.map(([, file = '']) => read(file).length);
    expect(fonts.length).toBeGreaterThan(0);
    expect(fonts.reduce((bytes, size) => bytes + size, 0)).toBeLessThanOrEqual(PRELOADED_FONT);
  });
});
