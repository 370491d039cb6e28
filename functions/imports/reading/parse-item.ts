import { losesDigits } from '../../platform/http/unkept-json.ts';
import { storableJson } from '../../platform/storable.ts';

/** A number that a double may not hold, or an escape for what Postgres cannot store. Most texts have neither. */
const SUSPECT = /[\d.]{16}|\de[+-]?\d\d|\\u(?:0000|d[89a-f])/i;
const MOST_NAMED = 3;

/**
 * Parses the JSON text of an item. What cannot be kept as it is gets a note: a number that would lose digits becomes
 * text with all of them, and the API refuses it for the same reason; a NUL or half a surrogate pair is replaced.
 * Undefined for a text that is no JSON.
 */
export function parseItem(text: string): { value: unknown; notes: string[] } | undefined {
  const numbers: string[] = [];
  let replaced = 0;
  const isUnstorable = (part: string) => part.includes('\0') || !part.isWellFormed();
  const keep = (key: string, value: unknown, { source = '' }: { source?: string } = {}) => {
    if (isUnstorable(key) || (typeof value === 'string' && isUnstorable(value))) replaced += 1;
    if (typeof value !== 'number' || !losesDigits(source)) return value;
    numbers.push(source.slice(0, 40));
    return source;
  };
  try {
    // A function for each value makes the parser several times slower.
    const value: unknown = SUSPECT.test(text) ? JSON.parse(text, keep) : JSON.parse(text);
    const characters = 'A character that cannot be stored (NUL or half of a pair) was replaced.';
    const notes = [...(numbers.length > 0 ? [describe(numbers)] : []), ...(replaced > 0 ? [characters] : [])];
    return { value: storableJson(value), notes };
  } catch {
    return undefined;
  }
}

function describe(numbers: readonly string[]): string {
  const named = numbers.slice(0, MOST_NAMED).join(', ');
  const more = numbers.length > MOST_NAMED ? ` and ${numbers.length - MOST_NAMED} more` : '';
  return numbers.length === 1
    ? `The number ${named} would lose digits; it is text here.`
    : `The numbers ${named}${more} would lose digits; they are text here.`;
}
