import { z } from 'zod';

/**
 * The most characters of a text that a tool takes. These tools work on the event loop of a process that serves 20 nodes
 * at once. With this limit the slowest of them blocks it for 0.3 s.
 */
const MOST_CHARACTERS = 200_000;

/** Returns the schema of a tool's argument that is a text of any content. */
export function textArgument(description: string) {
  return z.string().max(MOST_CHARACTERS).meta({ description });
}

/** Writes a number of things: `1 row`, `2 rows`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
