/**
 * The server's clock. Times of the API are compared with it, because the clock of this computer may be wrong. A small
 * difference may be the way of the answer, and is no difference.
 */

const LEAST_DIFFERENCE_MS = 5_000;
let difference = 0;

/** Learns the server's time from the `Date` of an answer. */
export function learnClock(answer: Response): void {
  const found = Date.parse(answer.headers.get('Date') ?? '') - Date.now();
  if (!Number.isNaN(found)) difference = Math.abs(found) < LEAST_DIFFERENCE_MS ? 0 : found;
}

export function serverNow(): number {
  return Date.now() + difference;
}
