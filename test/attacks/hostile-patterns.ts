import { z } from 'zod';
import { cpuGrowth, type GrowthOptions, MOST_GROWTH } from '../support/growth.ts';

/**
 * Pieces that make patterns backtrack: many repetitions of a piece that a repetition matches, followed by a character
 * that it does not match.
 */
const PIECES = [
  'a',
  'A',
  '0',
  'z',
  '-',
  '_',
  '.',
  '/',
  '@',
  ':',
  '+',
  ' ',
  '\t',
  '\n',
  '%',
  "'",
  '"',
  '\\',
  '=',
  'é',
  '🙂',
  'a.',
  'a-',
  'a_',
  'a@',
  'a/',
  'a:',
  '0.',
  '0-',
  'a1',
  '()',
  '://',
  'a b',
  'eyJaaaaaaaa-',
  'eyJaaaaaaaa.',
  'a://b:',
  'sk-',
  'bearer ',
  '.git/',
  '--',
  '-a',
  'T00:',
  'run_0',
];
const STARTS = ['', 'a', '0', 'A-', 'run_', 'key_', 'a@', 'a/', '2026-01-01T00:00:00', 'Bearer ', 'apx_'];

export function hostileTexts(length: number): string[] {
  const bodies = PIECES.map((piece) => piece.repeat(Math.ceil(length / piece.length)));
  return [
    ...bodies.map((body) => `${body}!`),
    ...STARTS.flatMap((start) => [`${start}${'a'.repeat(length)}\0`, `${start}${'0'.repeat(length)}\0`]),
  ];
}

/**
 * Returns the beginning of a hostile text that takes more than linear time to read, or undefined when there is none.
 * All texts are measured together, which takes a hundredth of the time: a single text with quadratic work takes much
 * longer than all the others with linear work, so it decides how the sum grows.
 */
export async function slowText(
  read: (text: string) => unknown,
  size = 6_250,
  options?: GrowthOptions,
): Promise<string | undefined> {
  let [current, slowest, mostTime] = ['', '', 0];
  const readAll = (texts: readonly string[]) => {
    for (const text of texts) {
      current = text;
      read(text);
    }
  };
  const growth = await cpuGrowth(readAll, hostileTexts, size, options);
  if (growth < MOST_GROWTH) return undefined;
  // When reading never ended, the culprit is the text that was begun last.
  if (growth === Number.POSITIVE_INFINITY) return current.slice(0, 20);
  for (const text of hostileTexts(size)) {
    const before = process.cpuUsage();
    read(text);
    const { user, system } = process.cpuUsage(before);
    if (user + system > mostTime) [slowest, mostTime] = [text, user + system];
  }
  return slowest.slice(0, 20);
}

/** Returns every regular expression in a schema, at any depth. */
export function patternsOf(schema: z.ZodType): string[] {
  const found = new Set<string>();
  for (const io of ['input', 'output'] as const) collect(z.toJSONSchema(schema, { io, unrepresentable: 'any' }), found);
  return [...found];
}

function collect(node: unknown, found: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'pattern' && typeof value === 'string') found.add(value);
    // The keys of patternProperties are patterns themselves.
    if (key === 'patternProperties') for (const pattern of Object.keys(Object(value))) found.add(pattern);
    collect(value, found);
  }
}
