import { languageOf } from './languages.ts';

/** The arguments of a call as blocks of code. */
export interface CallInput {
  /** Empty for the block of all short arguments. */
  name: string;
  code: string;
  language: string;
}

const LONG = 120;

/**
 * Returns the short arguments as one block of JSON, and each long or many-lined text as a block of its own, as it is
 * and not as JSON writes it. The text of a file has the colours of its path.
 */
export function inputsOf(given: Record<string, unknown>): CallInput[] {
  const isLong = (value: unknown): value is string =>
    typeof value === 'string' && (value.length > LONG || value.includes('\n'));
  const short = Object.entries(given).filter(([, value]) => !isLong(value));
  const blocks = Object.entries(given).flatMap(([name, value]) =>
    isLong(value)
      ? [{ name, code: value, language: typeof given.path === 'string' ? languageOf(given.path) : '' }]
      : [],
  );
  if (short.length === 0 && blocks.length > 0) return blocks;
  return [{ name: '', code: JSON.stringify(Object.fromEntries(short), null, 2), language: 'json' }, ...blocks];
}
