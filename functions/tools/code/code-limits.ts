/**
 * Limits that the interpreter's process needs, apart from the contract: its schemas would take longer to load than a
 * program runs.
 */

/** What the program may allocate, as its interpreter counts. */
export const MEMORY_BYTES = 64 * 1024 * 1024;

const LONGEST_TEXT = 20_000;

/** A value or an error as it is told. */
export function cutText(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  return `${text.slice(0, LONGEST_TEXT)} [… ${text.length - LONGEST_TEXT} characters left out]`.toWellFormed();
}
