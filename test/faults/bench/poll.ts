const EVERY_MS = 200;

/**
 * Calls `look` at an interval while `isNeeded` returns true. Calls do not overlap. Ignores errors, because the database
 * may be restarting. Returns a function that stops it.
 */
export function poll(isNeeded: () => boolean, look: () => Promise<void>): () => void {
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking || !isNeeded()) return;
    isLooking = true;
    void look()
      .catch(() => undefined)
      .finally(() => {
        isLooking = false;
      });
  }, EVERY_MS);
  return () => clearInterval(timer);
}
