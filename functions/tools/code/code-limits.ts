import { cutText } from '../../platform/cut-text.ts';

/**
 * Limits that the interpreter's process needs. They are not in code.ts, because loading its schemas takes longer than a
 * program.
 */

/** The memory that a program may allocate, as its interpreter counts it. */
export const MEMORY_BYTES = 64 * 1024 * 1024;

const MAX_TEXT_LENGTH = 20_000;

/** Shortens a value or an error that is too long. */
export function shortenText(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  return `${cutText(text, MAX_TEXT_LENGTH)} [… ${text.length - MAX_TEXT_LENGTH} characters left out]`.toWellFormed();
}
