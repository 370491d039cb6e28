import { createContext, Script } from 'node:vm';
import { z } from 'zod';

/** Far more than any honest text needs, and far less than a pattern that backtracks can bear. */
export const PATIENCE_MS = 500;
const LENGTH = 50_000;

/** What makes patterns backtrack: many times what one of their repetitions takes, then what none of them takes. */
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

export function hostileTexts(): string[] {
  const bodies = PIECES.map((piece) => piece.repeat(Math.ceil(LENGTH / piece.length)));
  return [
    ...bodies.map((body) => `${body}!`),
    ...STARTS.flatMap((start) => [`${start}${'a'.repeat(LENGTH)}\0`, `${start}${'0'.repeat(LENGTH)}\0`]),
  ];
}

/** Runs a pattern over all hostile texts; answers the text that it is too slow for. A pattern that would never end is cut. */
export function slowText(pattern: RegExp): string | undefined {
  const context = createContext({ pattern, text: '' });
  const script = new Script('pattern.lastIndex = 0; pattern.test(text)');
  return hostileTexts()
    .find((text) => {
      context.text = text;
      try {
        script.runInContext(context, { timeout: PATIENCE_MS });
        return false;
      } catch {
        return true;
      }
    })
    ?.slice(0, 20);
}

/** Every pattern that a schema holds, however deep. */
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
