import { cutText } from '../../platform/cut-text.ts';

/** Thrown for a text that is not JSON. The message is written for a model. */
export class JsonFault extends Error {}

/** Newer than TypeScript's library: https://tc39.es/proposal-json-parse-with-source/. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => object };

type Numbers = (source: string) => unknown;

/** Keeps a number as it is written: 1.0 stays 1.0, and no digit of a long number is lost. Only JSON can be written. */
export const asWritten: Numbers = (source) => rawJSON(source);

/** Keeps all digits of a whole number, as a bigint where a number has too few. */
export const asExactAsPossible: Numbers = (source) => {
  const value = Number(source);
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(source) ? value : BigInt(source);
};

/** Parses JSON. @throws JsonFault with the place of the error */
export function parseExactly(text: string, numbers: Numbers): unknown {
  const revive = (_key: string, value: unknown, { source = '' }: { source?: string } = {}) =>
    typeof value === 'number' ? numbers(source) : value;
  try {
    return JSON.parse(text, revive);
  } catch (error) {
    throw faultOf(error);
  }
}

/** Writes JSON. A bigint becomes a number. @throws JsonFault for a value that is nested too deeply */
export function writeExactly(value: unknown, indent: number, sortKeys = false): string {
  const replace = (_key: string, member: unknown) => {
    if (typeof member === 'bigint') return rawJSON(String(member));
    return sortKeys ? sorted(member) : member;
  };
  try {
    return JSON.stringify(value, replace, indent) ?? 'null';
  } catch (error) {
    throw faultOf(error);
  }
}

/** Returns an object with its members sorted by name. Number-like names come first, as JavaScript has them. */
function sorted(value: unknown): unknown {
  // A number as it is written is an object without a prototype.
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !(value instanceof Object)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function faultOf(error: unknown): JsonFault {
  // V8 reads and writes the members of members by recursion.
  if (error instanceof RangeError) return new JsonFault('it is nested too deeply');
  if (!(error instanceof SyntaxError)) throw error;
  return new JsonFault(cutText(error.message, 200));
}
