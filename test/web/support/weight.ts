import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { z } from 'zod';
import { CONSOLE_FOLDER } from '../../../scripts/build-console.ts';

/** Budgets of the console in bytes after Brotli. */
export const WEIGHT_BUDGETS = {
  entry: 60_000,
  entryAndPage: 120_000,
  lazyChunk: 60_000,
  allStyles: 12_000,
  preloadedFonts: 31_000,
};

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

export interface Weighed {
  name: string;
  bytes: number;
}

/** The weight of the built console, from Vite's manifest. A name is that of the source or of the chunk. */
export interface Weights {
  /** The files that every page loads first. */
  entry: Weighed[];
  /** Each page with the entry and with all that both import at once, heaviest first. */
  pages: Weighed[];
  /** Each chunk that is loaded later, alone, heaviest first. */
  lazyChunks: Weighed[];
  styles: Weighed[];
  preloadedFonts: Weighed[];
}

/** Reads the build of `web/dist`. @throws Error when there is none */
export function weighConsole(): Weights {
  const read = (file: string) => readFileSync(join(CONSOLE_FOLDER, file));
  const weights = new Map<string, number>();
  const weightOf = (file: string) => {
    const weight = weights.get(file) ?? brotliCompressSync(read(file)).length;
    weights.set(file, weight);
    return weight;
  };
  const manifest = Manifest.parse(JSON.parse(read('.vite/manifest.json').toString()));
  const chunks = Object.entries(manifest).filter(([, { file }]) => file.endsWith('.js'));
  const filesOf = (name: string, seen = new Set<string>()): string[] => {
    const chunk = manifest[name];
    if (chunk === undefined || seen.has(name)) return [];
    seen.add(name);
    return [chunk.file, ...chunk.imports.flatMap((imported) => filesOf(imported, seen))];
  };
  const weigh = (files: string[]) => [...new Set(files)].map((file) => ({ name: file, bytes: weightOf(file) }));
  const entry = chunks.filter(([, { isEntry }]) => isEntry).flatMap(([name]) => filesOf(name));
  const styles = Object.values(manifest).flatMap(({ css, file }) => (file.endsWith('.css') ? [file, ...css] : css));
  const preloads = read('index.html')
    .toString()
    .matchAll(/rel="preload"[^>]*?href="\/([^"]+)"/gs);
  return {
    entry: weigh(entry),
    pages: chunks
      .filter(([, { src, isDynamicEntry }]) => isDynamicEntry && src?.endsWith('.vue'))
      .map(([name]) => ({ name, bytes: sumOf(weigh([...entry, ...filesOf(name)])) }))
      .sort(heaviestFirst),
    lazyChunks: chunks
      .filter(([, { file }]) => !entry.includes(file))
      .map(([name, { file }]) => ({ name, bytes: weightOf(file) }))
      .sort(heaviestFirst),
    styles: weigh(styles),
    // A font is compressed already.
    preloadedFonts: [...preloads].map(([, file = '']) => ({ name: file, bytes: read(file).length })),
  };
}

export function sumOf(weighed: readonly Weighed[]): number {
  return weighed.reduce((sum, { bytes }) => sum + bytes, 0);
}

const heaviestFirst = (one: Weighed, other: Weighed) => other.bytes - one.bytes;
